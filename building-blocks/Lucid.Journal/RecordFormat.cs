using System.Buffers.Binary;

namespace Lucid.Journal;

/// <summary>
/// One record, little-endian: length u32 ‖ batch position u32 ‖ index u64 ‖ payload ‖ CRC-32C u32.
/// The checksum covers the segment's salt and everything before it; a length of zero is invalid, so zeros are never a record.
/// The batch position counts the records that were written before this one under the same fsync: everything older than
/// <c>index − position</c> was durable when this record was written, which is how recovery tells a torn batch from damage.
/// </summary>
internal static class RecordFormat
{
    public const int HeaderSize = 16;
    public const int Overhead = HeaderSize + sizeof(uint);

    /// <summary>No length above this is ever a record, whatever the options of the writer were.</summary>
    public const int LargestPayload = 1 << 30;

    public static int SizeOf(int payloadLength) => payloadLength + Overhead;

    public static void Write(Span<byte> destination, uint checksumSeed, long index, int batchPosition, ReadOnlySpan<byte> payload)
    {
        BinaryPrimitives.WriteInt32LittleEndian(destination, payload.Length);
        BinaryPrimitives.WriteInt32LittleEndian(destination[4..], batchPosition);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], index);
        payload.CopyTo(destination[HeaderSize..]);
        int covered = HeaderSize + payload.Length;
        uint checksum = Crc32C.Finish(Crc32C.Append(checksumSeed, destination[..covered]));
        BinaryPrimitives.WriteUInt32LittleEndian(destination[covered..], checksum);
    }

    public static RecordHeader ReadHeader(ReadOnlySpan<byte> source) => new(
        BinaryPrimitives.ReadInt32LittleEndian(source),
        BinaryPrimitives.ReadInt32LittleEndian(source[4..]),
        BinaryPrimitives.ReadInt64LittleEndian(source[8..]));

    public static bool ChecksumMatches(ReadOnlySpan<byte> record, uint checksumSeed)
    {
        uint expected = BinaryPrimitives.ReadUInt32LittleEndian(record[^sizeof(uint)..]);
        return Crc32C.Finish(Crc32C.Append(checksumSeed, record[..^sizeof(uint)])) == expected;
    }
}
