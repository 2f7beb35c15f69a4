using System.Buffers.Binary;

namespace Lucid.Cli.Recording;

/// <summary>
/// Cuts a stream of fragmented MP4 into groups of whole fragments: the initialisation segment, then one or more <c>moof</c>+<c>mdat</c>
/// pairs, at most <paramref name="maxGroup"/> bytes where the fragments allow it.
/// </summary>
public sealed class FragmentSplitter(int maxGroup)
{
    private const uint Moov = 0x6D6F6F76;
    private const uint Mdat = 0x6D646174;
    private byte[] pending = new byte[256 * 1024];
    private int length;
    private int unitEnd;

    /// <summary>Adds bytes as they come.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (length + bytes.Length > pending.Length)
        {
            Array.Resize(ref pending, Math.Max(pending.Length * 2, length + bytes.Length));
        }

        bytes.CopyTo(pending.AsSpan(length));
        length += bytes.Length;
    }

    /// <summary>The next group that is whole; null until more bytes come. With <paramref name="atEnd"/>, what is whole goes out and a torn rest is dropped.</summary>
    public byte[]? Next(bool atEnd)
    {
        var data = pending.AsSpan(0, length);
        var scanned = unitEnd;
        while (TryReadBox(data, scanned, out var type, out var end))
        {
            scanned = end;
            if (type is not (Moov or Mdat))
            {
                continue;
            }

            if (unitEnd > 0 && end > maxGroup)
            {
                return Take(unitEnd);
            }

            unitEnd = end;
            if (type == Moov || end >= maxGroup)
            {
                return Take(unitEnd);
            }
        }

        // Boxes after the last fragment (mfra) belong to it.
        if (atEnd && scanned > unitEnd && unitEnd > 0)
        {
            unitEnd = scanned;
        }

        return unitEnd > 0 ? Take(unitEnd) : null;
    }

    private byte[] Take(int count)
    {
        var group = pending.AsSpan(0, count).ToArray();
        pending.AsSpan(count, length - count).CopyTo(pending);
        length -= count;
        unitEnd = 0;
        return group;
    }

    private static bool TryReadBox(ReadOnlySpan<byte> data, int offset, out uint type, out int end)
    {
        (type, end) = (0, 0);
        if (data.Length - offset < 8)
        {
            return false;
        }

        ulong size = BinaryPrimitives.ReadUInt32BigEndian(data[offset..]);
        type = BinaryPrimitives.ReadUInt32BigEndian(data[(offset + 4)..]);
        if (size == 1 && data.Length - offset >= 16)
        {
            size = BinaryPrimitives.ReadUInt64BigEndian(data[(offset + 8)..]);
        }

        if (size < 8)
        {
            throw new CliException("The stream is not fragmented MP4; record with: ffmpeg … -movflags +frag_keyframe+empty_moov+default_base_moof -f mp4 -", ExitCodes.Unreadable);
        }

        if (size > (ulong)(data.Length - offset))
        {
            return false;
        }

        end = offset + (int)size;
        return true;
    }
}
