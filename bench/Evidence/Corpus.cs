using System.Buffers.Binary;

namespace Lucid.Bench.Evidence;

/// <summary>
/// The same bytes on every run: fragmented MP4 as an encoder writes it (a small moof with a sample table, then an mdat
/// of incompressible picture data), about one fragment in 30 a large key frame. Every second chunk is plain random bytes.
/// </summary>
internal static class Corpus
{
    public static byte[] Chunk(int index, int length) => (index & 1) == 0 ? Fragments((ulong)index, length) : Noise((ulong)index, length);

    private static byte[] Noise(ulong seed, int length)
    {
        var bytes = new byte[length];
        Fill(bytes, ref seed);
        return bytes;
    }

    private static byte[] Fragments(ulong seed, int length)
    {
        var bytes = new byte[length];
        var at = 0;
        for (var frame = 0; at < length - 256; frame++)
        {
            var moof = bytes.AsSpan(at, 128);
            BinaryPrimitives.WriteUInt32BigEndian(moof, 128);
            "moof"u8.CopyTo(moof[4..]);
            BinaryPrimitives.WriteInt32BigEndian(moof[20..], frame);
            at += 128;
            var size = Math.Min(frame % 30 == 0 ? 90_000 : 6_000, length - at - 8);
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), size + 8);
            "mdat"u8.CopyTo(bytes.AsSpan(at + 4));
            Fill(bytes.AsSpan(at + 8, size), ref seed);
            at += 8 + size;
        }

        return bytes;
    }

    private static void Fill(Span<byte> destination, ref ulong state)
    {
        for (var i = 0; i < destination.Length; i += 8)
        {
            state += 0x9E3779B97F4A7C15;
            var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            for (var j = 0; j < 8 && i + j < destination.Length; j++)
            {
                destination[i + j] = (byte)(z >> (8 * j));
            }
        }
    }
}
