using System.Buffers.Binary;

namespace Lucid.SessionRecorder.Tests;

/// <summary>The repository's sample: four seconds of H.264, one fragment each second, and how a source would cut it.</summary>
internal static class Sample
{
    public const int Init = 758;

    public static byte[] Bytes { get; } = File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "sample.mp4"));

    /// <summary>Ends of the units, found by walking the top-level boxes: after the moov, after each mdat (the last with the mfra that closes the file).</summary>
    public static IReadOnlyList<int> Borders { get; } = FindBorders();

    /// <summary>From <paramref name="offset"/> to the end of the next fragment.</summary>
    public static ReadOnlyMemory<byte> Next(long offset) => Bytes.AsMemory((int)offset..Borders.First(border => border > Math.Max(offset, Init)));

    public static ReadOnlyMemory<byte> Range(int from, int to) => Bytes.AsMemory(from..to);

    private static List<int> FindBorders()
    {
        var borders = new List<int>();
        for (var offset = 0; offset < Bytes.Length;)
        {
            var type = System.Text.Encoding.ASCII.GetString(Bytes, offset + 4, 4);
            offset += BinaryPrimitives.ReadInt32BigEndian(Bytes.AsSpan(offset));
            if (type is "moov" or "mdat")
            {
                borders.Add(offset);
            }
            else if (type == "mfra")
            {
                borders[^1] = offset;
            }
        }

        return borders;
    }
}
