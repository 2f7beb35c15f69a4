using System.Buffers.Binary;
using System.Text;

namespace Lucid.Evidence;

/// <summary>
/// The only zip framing a bundle may have (APPNOTE 6.3, little-endian): stored, no flags, date 1980-01-01 00:00, no
/// comment, ASCII names, no extra field except the Zip64 offset of entries that start at 4 GiB or later. Every byte
/// follows from the entries, so a verifier rebuilds and compares instead of parsing.
/// </summary>
internal static class ZipFraming
{
    public const int LocalFixedSize = 30;

    private const ushort Version10 = 10;
    private const ushort Version45 = 45;
    private const ushort Date1980 = 0x0021;

    public static byte[] LocalHeader(ZipEntry entry)
    {
        var bytes = new byte[entry.LocalHeaderSize];
        var w = bytes.AsSpan();
        BinaryPrimitives.WriteUInt32LittleEndian(w, 0x04034b50);
        BinaryPrimitives.WriteUInt16LittleEndian(w[4..], Version10);
        BinaryPrimitives.WriteUInt16LittleEndian(w[12..], Date1980);
        Describe(w[14..], entry);
        Encoding.ASCII.GetBytes(entry.Path, w[LocalFixedSize..]);
        return bytes;
    }

    public static byte[] CentralHeader(ZipEntry entry, long offset)
    {
        var wide = offset >= uint.MaxValue;
        var bytes = new byte[46 + entry.Path.Length + (wide ? 12 : 0)];
        var w = bytes.AsSpan();
        var version = wide ? Version45 : Version10;
        BinaryPrimitives.WriteUInt32LittleEndian(w, 0x02014b50);
        BinaryPrimitives.WriteUInt16LittleEndian(w[4..], version);
        BinaryPrimitives.WriteUInt16LittleEndian(w[6..], version);
        BinaryPrimitives.WriteUInt16LittleEndian(w[14..], Date1980);
        Describe(w[16..], entry);
        BinaryPrimitives.WriteUInt16LittleEndian(w[30..], (ushort)(wide ? 12 : 0));
        BinaryPrimitives.WriteUInt32LittleEndian(w[42..], wide ? uint.MaxValue : (uint)offset);
        Encoding.ASCII.GetBytes(entry.Path, w[46..]);
        if (wide)
        {
            var extra = w[(46 + entry.Path.Length)..];
            BinaryPrimitives.WriteUInt16LittleEndian(extra, 1);
            BinaryPrimitives.WriteUInt16LittleEndian(extra[2..], 8);
            BinaryPrimitives.WriteInt64LittleEndian(extra[4..], offset);
        }

        return bytes;
    }

    /// <summary>End of central directory, with the Zip64 records before it when a number does not fit.</summary>
    public static byte[] End(long entries, long directorySize, long directoryOffset)
    {
        var wide = entries >= ushort.MaxValue || directorySize >= uint.MaxValue || directoryOffset >= uint.MaxValue;
        var bytes = new byte[22 + (wide ? 56 + 20 : 0)];
        var w = bytes.AsSpan();
        if (wide)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(w, 0x06064b50);
            BinaryPrimitives.WriteInt64LittleEndian(w[4..], 44);
            BinaryPrimitives.WriteUInt16LittleEndian(w[12..], Version45);
            BinaryPrimitives.WriteUInt16LittleEndian(w[14..], Version45);
            BinaryPrimitives.WriteInt64LittleEndian(w[24..], entries);
            BinaryPrimitives.WriteInt64LittleEndian(w[32..], entries);
            BinaryPrimitives.WriteInt64LittleEndian(w[40..], directorySize);
            BinaryPrimitives.WriteInt64LittleEndian(w[48..], directoryOffset);
            BinaryPrimitives.WriteUInt32LittleEndian(w[56..], 0x07064b50);
            BinaryPrimitives.WriteInt64LittleEndian(w[64..], directoryOffset + directorySize);
            BinaryPrimitives.WriteUInt32LittleEndian(w[72..], 1);
            w = w[76..];
        }

        BinaryPrimitives.WriteUInt32LittleEndian(w, 0x06054b50);
        BinaryPrimitives.WriteUInt16LittleEndian(w[8..], (ushort)Math.Min(entries, ushort.MaxValue));
        BinaryPrimitives.WriteUInt16LittleEndian(w[10..], (ushort)Math.Min(entries, ushort.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(w[12..], (uint)Math.Min(directorySize, uint.MaxValue));
        BinaryPrimitives.WriteUInt32LittleEndian(w[16..], (uint)Math.Min(directoryOffset, uint.MaxValue));
        return bytes;
    }

    private static void Describe(Span<byte> w, ZipEntry entry)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(w, entry.Crc32);
        BinaryPrimitives.WriteUInt32LittleEndian(w[4..], (uint)entry.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(w[8..], (uint)entry.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(w[12..], (ushort)entry.Path.Length);
    }
}
