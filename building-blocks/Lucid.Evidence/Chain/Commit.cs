using System.Buffers.Binary;
using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>
/// The precommits of one (height, slot) for one block. Bytes, big-endian: height u64 · slot u64 · block hash 32 ·
/// count u16 · count × (validator_id 32 · signature 64), by ascending validator_id, each at most once.
/// </summary>
/// <param name="Height">Of the block.</param>
/// <param name="Slot">In which the precommits were cast.</param>
/// <param name="BlockHash">The block made final.</param>
/// <param name="Precommits">Sorted by validator_id.</param>
public sealed record Commit(long Height, long Slot, Digest BlockHash, ImmutableArray<Precommit> Precommits)
{
    private const int FixedSize = 8 + 8 + Digest.Size + 2;
    private const int PrecommitSize = Digest.Size + Signature64.Size;

    public int EncodedSize => FixedSize + (Precommits.Length * PrecommitSize);

    /// <summary>Commit of votes that are all precommits for one block at one (height, slot).</summary>
    public static Commit From(IEnumerable<Vote> precommits)
    {
        var votes = precommits.OrderBy(v => v.ValidatorId.ToString(), StringComparer.Ordinal).ToList();
        var first = votes.Count > 0 ? votes[0] : throw new EvidenceException(EvidenceFault.CommitInvalid, "A commit needs precommits.");
        if (votes.Any(v => (v.Height, v.Slot, v.Phase, v.BlockHash) != (first.Height, first.Slot, VotePhase.Precommit, first.BlockHash)))
        {
            throw new EvidenceException(EvidenceFault.CommitInvalid, "The precommits of a commit are for one block at one height and slot.");
        }

        return new Commit(first.Height, first.Slot, first.BlockHash, [.. votes.Select(v => new Precommit(v.ValidatorId, v.Signature))]);
    }

    /// <summary>Decodes a commit that fills <paramref name="bytes"/> exactly.</summary>
    public static Commit Decode(ReadOnlySpan<byte> bytes)
    {
        var commit = Decode(bytes, out var length);
        return length == bytes.Length ? commit : throw new EvidenceException(EvidenceFault.CommitInvalid, "There are bytes after the commit.");
    }

    /// <summary>Decodes a commit at the start of <paramref name="bytes"/>.</summary>
    public static Commit Decode(ReadOnlySpan<byte> bytes, out int length)
    {
        if (bytes.Length < FixedSize)
        {
            throw new EvidenceException(EvidenceFault.CommitInvalid, "The commit is cut off.");
        }

        var count = BinaryPrimitives.ReadUInt16BigEndian(bytes[48..]);
        length = FixedSize + (count * PrecommitSize);
        var height = BinaryPrimitives.ReadInt64BigEndian(bytes);
        var slot = BinaryPrimitives.ReadInt64BigEndian(bytes[8..]);
        if (count > AuthoritySet.MaxValidators || bytes.Length < length || height < 0 || slot < 0)
        {
            throw new EvidenceException(EvidenceFault.CommitInvalid, "The commit is cut off or has impossible numbers.");
        }

        var precommits = ImmutableArray.CreateBuilder<Precommit>(count);
        for (var at = FixedSize; at < length; at += PrecommitSize)
        {
            var id = new Digest(bytes.Slice(at, Digest.Size));
            if (precommits.Count > 0 && precommits[^1].ValidatorId.Span.SequenceCompareTo(id.Span) >= 0)
            {
                throw new EvidenceException(EvidenceFault.CommitInvalid, "Precommits are not in ascending order of validator_id.");
            }

            precommits.Add(new Precommit(id, new Signature64(bytes.Slice(at + Digest.Size, Signature64.Size))));
        }

        return new Commit(height, slot, new Digest(bytes.Slice(16, Digest.Size)), precommits.MoveToImmutable());
    }

    public byte[] Encode()
    {
        var bytes = new byte[EncodedSize];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Height);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(8), Slot);
        BlockHash.Span.CopyTo(bytes.AsSpan(16));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(48), (ushort)Precommits.Length);
        var at = FixedSize;
        foreach (var precommit in Precommits)
        {
            precommit.ValidatorId.Span.CopyTo(bytes.AsSpan(at));
            precommit.Signature.Span.CopyTo(bytes.AsSpan(at + Digest.Size));
            at += PrecommitSize;
        }

        return bytes;
    }

    /// <summary>last_commit_hash of the next block: SHA-256("lucid/commit/v1" ‖ 0x00 ‖ bytes).</summary>
    public Digest Hash() => DomainTag.Hash(DomainTag.Commit, Encode());

    /// <summary>
    /// Checks that this commit makes the header final under a set: right block, slot not before the header's, every
    /// listed precommit by a voter and valid, and at least a quorum of them.
    /// </summary>
    /// <exception cref="EvidenceException">Naming what does not hold.</exception>
    public void Check(BlockHeader header, AuthoritySet authority)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(authority);
        if (Height != header.Height || BlockHash != header.Hash() || Slot < header.Slot)
        {
            throw new EvidenceException(EvidenceFault.CommitInvalid, "The commit is for another block, or older than the header.");
        }

        var message = Vote.BytesToSign(header.NetworkId, Height, Slot, VotePhase.Precommit, BlockHash);
        foreach (var precommit in Precommits)
        {
            if (authority.Voter(precommit.ValidatorId) is not { } key)
            {
                throw new EvidenceException(EvidenceFault.CommitSignature, $"A precommit is by {precommit.ValidatorId}, which has no vote at this height.");
            }

            if (!key.Verify(message, precommit.Signature))
            {
                throw new EvidenceException(EvidenceFault.CommitSignature, $"The precommit of {precommit.ValidatorId} does not verify.");
            }
        }

        if (Precommits.Length < authority.Quorum)
        {
            throw new EvidenceException(EvidenceFault.QuorumMissing, $"{Precommits.Length} of {authority.Voters.Length} precommits; {authority.Quorum} are needed.");
        }
    }
}
