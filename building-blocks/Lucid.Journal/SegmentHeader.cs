using System.Buffers.Binary;

namespace Lucid.Journal;

/// <summary>
/// The first 32 bytes of a segment, little-endian: "LUCIDJNL" ‖ version u32 = 1 ‖ salt u32 ‖ first index u64 ‖ 0 u32 ‖ CRC-32C u32.
/// It is durable before any record is written behind it. The salt makes the records of one segment invalid in every other
/// place, so bytes of a journal that are carried as a payload are never mistaken for records.
/// </summary>
internal readonly record struct SegmentHeader(long FirstIndex, uint Salt)
{
    public const int Size = 32;
    private const uint Version = 1;
    private const int Covered = Size - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "LUCIDJNL"u8;

    public uint ChecksumSeed
    {
        get
        {
            Span<byte> salt = stackalloc byte[sizeof(uint)];
            BinaryPrimitives.WriteUInt32LittleEndian(salt, Salt);
            return Crc32C.Append(Crc32C.Initial, salt);
        }
    }

    public void Write(Span<byte> destination)
    {
        destination[..Size].Clear();
        Magic.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Version);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Salt);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], FirstIndex);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[Covered..], Crc32C.Finish(Crc32C.Append(Crc32C.Initial, destination[..Covered])));
    }

    /// <summary>Null when these bytes are not a whole header of a version this code knows.</summary>
    public static SegmentHeader? TryRead(ReadOnlySpan<byte> source)
    {
        if (source.Length < Size
            || !source.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt32LittleEndian(source[8..]) != Version
            || BinaryPrimitives.ReadUInt32LittleEndian(source[Covered..]) != Crc32C.Finish(Crc32C.Append(Crc32C.Initial, source[..Covered])))
        {
            return null;
        }

        return new SegmentHeader(BinaryPrimitives.ReadInt64LittleEndian(source[16..]), BinaryPrimitives.ReadUInt32LittleEndian(source[12..]));
    }
}
