using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Lucid.Contracts.Sessions;

namespace Lucid.SessionRecorder.Domain;

/// <summary>Codec and picture size of the first video track of an initialisation segment (ISO/IEC 14496-12 §8.3.2, §8.5.2; 14496-15 §5.3.3).</summary>
internal static class VideoFormatReader
{
    private const uint Minf = 0x6D696E66;
    private const uint Stbl = 0x7374626C;
    private const uint Stsd = 0x73747364;
    private const uint AvcC = 0x61766343;
    private const int VisualSampleEntry = 78;

    /// <summary>Null when there is no video sample entry.</summary>
    public static VideoFormat? Read(ReadOnlySpan<byte> initialisation)
    {
        foreach (var moov in Box.Children(initialisation, Box.Moov))
        {
            foreach (var trak in Box.Children(initialisation[moov], Box.Trak))
            {
                if (SampleEntry(initialisation[moov][trak]) is { } format)
                {
                    return format;
                }
            }
        }

        return null;
    }

    private static VideoFormat? SampleEntry(ReadOnlySpan<byte> track)
    {
        var container = track;
        foreach (var type in (ReadOnlySpan<uint>)[Box.Mdia, Minf, Stbl, Stsd])
        {
            var children = Box.Children(container, type);
            if (children.Count == 0)
            {
                return null;
            }

            container = container[children[0]];
        }

        // stsd: version and flags, entry count, then the first sample entry as a box.
        if (container.Length < 8 || !Box.TryRead(container, 8, out var entry) || entry.End - entry.BodyOffset < VisualSampleEntry)
        {
            return null;
        }

        var body = container[entry.BodyOffset..entry.End];
        var width = BinaryPrimitives.ReadUInt16BigEndian(body[24..]);
        var height = BinaryPrimitives.ReadUInt16BigEndian(body[26..]);
        return width == 0 || height == 0 ? null : new(Codec(entry.Type, body[VisualSampleEntry..]), width, height);
    }

    /// <summary>RFC 6381: the sample entry, for AVC with profile, constraints and level.</summary>
    private static string Codec(uint sampleEntry, ReadOnlySpan<byte> extensions)
    {
        Span<byte> name = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(name, sampleEntry);
        var codec = Encoding.ASCII.GetString(name).Trim();
        foreach (var configuration in Box.Children(extensions, AvcC))
        {
            var body = extensions[configuration];
            if (body.Length >= 4)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{codec}.{body[1]:X2}{body[2]:X2}{body[3]:X2}");
            }
        }

        return codec;
    }
}
