using System.Buffers.Binary;

namespace Lucid.Evidence;

/// <summary>
/// The 96-byte header of an LCK1 file, big-endian: magic "LCK1" · version u8 = 1 · suite u8 = 1 · compression u8 ·
/// stream u8 · session_id 16 · index u64 · key_id 16 · salt 32 · segment_size u32 = 65,536 · payload_len u64 · flags u8
/// (bit 0 last chunk, bit 1 truncated) · reserved 3 = 0. It is the additional data of every segment.
/// </summary>
public sealed record ChunkHeader(ChunkCompression Compression, ChunkStream Stream, Guid SessionId, long Index, Guid KeyId, Digest Salt, long PayloadLength, bool IsLast, bool IsTruncated)
{
    public const int Size = 96;

    public const int SegmentSize = 65_536;

    public const int TagSize = 16;

    /// <summary>An encrypted file is never larger than 10 MiB.</summary>
    public const int MaxFileLength = 10 * 1024 * 1024;

    /// <summary>160 full segments: 10,483,104 bytes.</summary>
    public const int MaxPayloadLength = MaxFileLength - Size - (160 * TagSize);

    /// <summary>A chunk never expands to more than this when decompressed, whatever its zstd frame says.</summary>
    public const int MaxPlainLength = 64 * 1024 * 1024;

    private static ReadOnlySpan<byte> Magic => "LCK1"u8;

    /// <summary>Number of encrypted segments; an empty payload has one empty segment.</summary>
    public int SegmentCount => SegmentsFor(PayloadLength);

    /// <summary>Length of the whole file.</summary>
    public long FileLength => FileLengthFor(PayloadLength);

    public static long FileLengthFor(long payloadLength) => Size + payloadLength + ((long)SegmentsFor(payloadLength) * TagSize);

    /// <param name="bytes">At least 96 bytes; only the first 96 are looked at.</param>
    /// <exception cref="EvidenceException">Not a header of this version.</exception>
    public static ChunkHeader Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Size)
        {
            throw Refuse("shorter than 96 bytes");
        }

        if (!bytes[..4].SequenceEqual(Magic) || bytes[4] != 1 || bytes[5] != 1)
        {
            throw Refuse("not LCK1 version 1, suite 1");
        }

        var compression = (ChunkCompression)bytes[6];
        var stream = (ChunkStream)bytes[7];
        var index = BinaryPrimitives.ReadInt64BigEndian(bytes[24..]);
        var payloadLength = BinaryPrimitives.ReadInt64BigEndian(bytes[84..]);
        var flags = bytes[92];
        if (!Enum.IsDefined(compression) || !Enum.IsDefined(stream))
        {
            throw Refuse("unknown compression or stream");
        }

        if (index is < 0 or >= SessionTree.MaxLeaves || BinaryPrimitives.ReadUInt32BigEndian(bytes[80..]) != SegmentSize)
        {
            throw Refuse("index or segment size out of range");
        }

        if (payloadLength is < 0 or > MaxPayloadLength || flags > 3 || bytes[93..Size].ContainsAnyExcept((byte)0))
        {
            throw Refuse("payload length, flags or reserved bytes out of range");
        }

        return new ChunkHeader(
            compression,
            stream,
            new Guid(bytes.Slice(8, 16), bigEndian: true),
            index,
            new Guid(bytes.Slice(32, 16), bigEndian: true),
            new Digest(bytes.Slice(48, 32)),
            payloadLength,
            (flags & 1) != 0,
            (flags & 2) != 0);
    }

    public void Write(Span<byte> destination)
    {
        Magic.CopyTo(destination);
        destination[4] = 1;
        destination[5] = 1;
        destination[6] = (byte)Compression;
        destination[7] = (byte)Stream;
        SessionId.TryWriteBytes(destination[8..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(destination[24..], Index);
        KeyId.TryWriteBytes(destination[32..], bigEndian: true, out _);
        Salt.Span.CopyTo(destination[48..]);
        BinaryPrimitives.WriteUInt32BigEndian(destination[80..], SegmentSize);
        BinaryPrimitives.WriteInt64BigEndian(destination[84..], PayloadLength);
        destination[92] = (byte)((IsLast ? 1 : 0) | (IsTruncated ? 2 : 0));
        destination[93..Size].Clear();
    }

    private static int SegmentsFor(long payloadLength) => (int)Math.Max(1, (payloadLength + SegmentSize - 1) / SegmentSize);

    private static EvidenceException Refuse(string why) => new(EvidenceFault.ChunkHeader, $"The chunk header is refused: {why}.");
}
