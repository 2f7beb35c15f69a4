using System.Buffers.Binary;

namespace Lucid.Evidence;

/// <summary>
/// Header v1: exactly 295 bytes, big-endian: magic "LUCB" · version u16 = 1 · network_id 32 · height u64 · slot u64 ·
/// timestamp_ms i64 · previous_hash 32 · merkle_root 32 · history_root 32 · last_commit_hash 32 · validator_set_hash 32 ·
/// work_tally_root 32 · transaction_count u32 · body_size u32 · producer 32 · producer_rank u8.
/// </summary>
/// <param name="NetworkId">Of the genesis document.</param>
/// <param name="Height">0 is genesis; below 2^63.</param>
/// <param name="Slot">Slot of the proposal; below 2^63.</param>
/// <param name="TimestampMs">Unix time, inside the slot.</param>
/// <param name="PreviousHash">Block hash of the parent.</param>
/// <param name="MerkleRoot">Tree over the signed transactions.</param>
/// <param name="HistoryRoot">Tree over the block hashes 0…height−1: this header is also a tree head of the whole chain.</param>
/// <param name="LastCommitHash">Of the embedded commit of the parent; zeros in genesis.</param>
/// <param name="ValidatorSetHash"><see cref="AuthoritySet.Hash"/> in force at the slot.</param>
/// <param name="WorkTallyRoot">tally_root in force; zeros without one.</param>
/// <param name="TransactionCount">Transactions in the body.</param>
/// <param name="BodySize">Bytes of the body.</param>
/// <param name="Producer">SHA-256 of the producer's public key.</param>
/// <param name="ProducerRank">0 primary, 1–3 fallback.</param>
public sealed record BlockHeader(
    Digest NetworkId,
    long Height,
    long Slot,
    long TimestampMs,
    Digest PreviousHash,
    Digest MerkleRoot,
    Digest HistoryRoot,
    Digest LastCommitHash,
    Digest ValidatorSetHash,
    Digest WorkTallyRoot,
    uint TransactionCount,
    uint BodySize,
    Digest Producer,
    byte ProducerRank)
{
    public const int Size = 295;

    private static ReadOnlySpan<byte> Magic => "LUCB"u8;

    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds(TimestampMs);

    /// <exception cref="EvidenceException">Not exactly 295 bytes of a version 1 header.</exception>
    public static BlockHeader Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size || !bytes[..4].SequenceEqual(Magic) || BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]) != 1)
        {
            throw new EvidenceException(EvidenceFault.BlockInvalid, "Not a block header of version 1 (295 bytes).");
        }

        var header = new BlockHeader(
            new Digest(bytes.Slice(6, 32)),
            BinaryPrimitives.ReadInt64BigEndian(bytes[38..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[46..]),
            BinaryPrimitives.ReadInt64BigEndian(bytes[54..]),
            new Digest(bytes.Slice(62, 32)),
            new Digest(bytes.Slice(94, 32)),
            new Digest(bytes.Slice(126, 32)),
            new Digest(bytes.Slice(158, 32)),
            new Digest(bytes.Slice(190, 32)),
            new Digest(bytes.Slice(222, 32)),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[254..]),
            BinaryPrimitives.ReadUInt32BigEndian(bytes[258..]),
            new Digest(bytes.Slice(262, 32)),
            bytes[294]);
        const long MaxUnixMs = 253_402_300_799_999;
        return header is { Height: >= 0, Slot: >= 0, TimestampMs: >= 0 and <= MaxUnixMs }
            ? header
            : throw new EvidenceException(EvidenceFault.BlockInvalid, "Height, slot or time of the header is out of range.");
    }

    public byte[] Encode()
    {
        var bytes = new byte[Size];
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(4), 1);
        NetworkId.Span.CopyTo(bytes.AsSpan(6));
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(38), Height);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(46), Slot);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(54), TimestampMs);
        PreviousHash.Span.CopyTo(bytes.AsSpan(62));
        MerkleRoot.Span.CopyTo(bytes.AsSpan(94));
        HistoryRoot.Span.CopyTo(bytes.AsSpan(126));
        LastCommitHash.Span.CopyTo(bytes.AsSpan(158));
        ValidatorSetHash.Span.CopyTo(bytes.AsSpan(190));
        WorkTallyRoot.Span.CopyTo(bytes.AsSpan(222));
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(254), TransactionCount);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(258), BodySize);
        Producer.Span.CopyTo(bytes.AsSpan(262));
        bytes[294] = ProducerRank;
        return bytes;
    }

    /// <summary>block hash = block_id = SHA-256("lucid/block/v1" ‖ 0x00 ‖ header).</summary>
    public Digest Hash() => DomainTag.Hash(DomainTag.Block, Encode());

    /// <summary>"lucid/block-sig/v1" ‖ 0x00 ‖ block hash: what the producer signs.</summary>
    public byte[] BytesToSign() => DomainTag.Prefix(DomainTag.BlockSignature, Hash().Span);
}
