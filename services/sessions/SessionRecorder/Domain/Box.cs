using System.Buffers.Binary;

namespace Lucid.SessionRecorder.Domain;

/// <summary>A box of ISO/IEC 14496-12 §4.2, located inside its container.</summary>
/// <param name="Type">Four characters, big-endian.</param>
internal readonly record struct Box(uint Type, int BodyOffset, int End)
{
    public const uint Ftyp = 0x66747970;
    public const uint Moov = 0x6D6F6F76;
    public const uint Moof = 0x6D6F6F66;
    public const uint Mdat = 0x6D646174;
    public const uint Mfra = 0x6D667261;
    public const uint Trak = 0x7472616B;
    public const uint Tkhd = 0x746B6864;
    public const uint Mdia = 0x6D646961;
    public const uint Mdhd = 0x6D646864;
    public const uint Hdlr = 0x68646C72;
    public const uint Vide = 0x76696465;
    public const uint Mvex = 0x6D766578;
    public const uint Trex = 0x74726578;
    public const uint Traf = 0x74726166;
    public const uint Tfhd = 0x74666864;
    public const uint Tfdt = 0x74666474;
    public const uint Trun = 0x7472756E;

    /// <summary>The box at <paramref name="offset"/>; false when it is not whole. A size of 0 ("to the end of the file") is refused: a pipe has no end.</summary>
    public static bool TryRead(ReadOnlySpan<byte> data, int offset, out Box box)
    {
        box = default;
        if (data.Length - offset < 8)
        {
            return false;
        }

        ulong size = BinaryPrimitives.ReadUInt32BigEndian(data[offset..]);
        var type = BinaryPrimitives.ReadUInt32BigEndian(data[(offset + 4)..]);
        var header = 8;
        if (size == 1)
        {
            if (data.Length - offset < 16)
            {
                return false;
            }

            size = BinaryPrimitives.ReadUInt64BigEndian(data[(offset + 8)..]);
            header = 16;
        }

        if (size < (ulong)header || size > (ulong)(data.Length - offset))
        {
            return false;
        }

        box = new(type, offset + header, offset + (int)size);
        return true;
    }

    /// <summary>Bodies of the direct children of one type; a malformed rest is ignored.</summary>
    public static List<Range> Children(ReadOnlySpan<byte> container, uint type)
    {
        var found = new List<Range>();
        for (var offset = 0; offset < container.Length && TryRead(container, offset, out var box); offset = box.End)
        {
            if (box.Type == type)
            {
                found.Add(box.BodyOffset..box.End);
            }
        }

        return found;
    }
}
