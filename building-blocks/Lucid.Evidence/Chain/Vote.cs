using System.Buffers.Binary;

namespace Lucid.Evidence;

/// <summary>A signed vote of one validator. A zero block hash is a vote for nil.</summary>
/// <param name="Height">Height voted on.</param>
/// <param name="Slot">Slot in which the vote is cast, which may be later than the header's.</param>
/// <param name="Phase">Prevote or precommit.</param>
/// <param name="BlockHash">Block, or zeros.</param>
/// <param name="ValidatorId">SHA-256 of the validator's key.</param>
/// <param name="Signature">Ed25519 over <see cref="BytesToSign"/>.</param>
public sealed record Vote(long Height, long Slot, VotePhase Phase, Digest BlockHash, Digest ValidatorId, Signature64 Signature)
{
    /// <summary>"lucid/vote/v1" ‖ 0x00 ‖ network_id ‖ height u64 ‖ slot u64 ‖ phase u8 ‖ block hash, big-endian.</summary>
    public static byte[] BytesToSign(Digest networkId, long height, long slot, VotePhase phase, Digest blockHash)
    {
        var tag = DomainTag.Vote;
        var bytes = new byte[tag.Length + 32 + 8 + 8 + 1 + 32];
        tag.CopyTo(bytes);
        var body = bytes.AsSpan(tag.Length);
        networkId.Span.CopyTo(body);
        BinaryPrimitives.WriteInt64BigEndian(body[32..], height);
        BinaryPrimitives.WriteInt64BigEndian(body[40..], slot);
        body[48] = (byte)phase;
        blockHash.Span.CopyTo(body[49..]);
        return bytes;
    }

    public static Vote Sign(Digest networkId, long height, long slot, VotePhase phase, Digest blockHash, Ed25519Key key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new Vote(height, slot, phase, blockHash, key.PublicKey.Id, key.Sign(BytesToSign(networkId, height, slot, phase, blockHash)));
    }

    public bool Verify(Digest networkId, Ed25519PublicKey key) =>
        key.Id == ValidatorId && key.Verify(BytesToSign(networkId, Height, Slot, Phase, BlockHash), Signature);
}
