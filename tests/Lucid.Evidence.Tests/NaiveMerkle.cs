using System.Security.Cryptography;

namespace Lucid.Evidence.Tests;

/// <summary>RFC 9162 §2.1 written down as its recursive definitions, sharing no code with the library.</summary>
internal static class NaiveMerkle
{
    public static byte[] Root(ReadOnlySpan<byte[]> leaves)
    {
        switch (leaves.Length)
        {
            case 0:
                return SHA256.HashData([]);
            case 1:
                return SHA256.HashData([0, .. leaves[0]]);
            default:
                var k = Split(leaves.Length);
                return SHA256.HashData([1, .. Root(leaves[..k]), .. Root(leaves[k..])]);
        }
    }

    /// <summary>The same definition for many sizes of one list: roots of ranges that were asked before are remembered.</summary>
    public static byte[] Root(byte[][] leaves, int start, int count, Dictionary<(int Start, int Count), byte[]> known)
    {
        if (!known.TryGetValue((start, count), out var root))
        {
            var k = count > 1 ? Split(count) : 0;
            root = count == 1
                ? SHA256.HashData([0, .. leaves[start]])
                : SHA256.HashData([1, .. Root(leaves, start, k, known), .. Root(leaves, start + k, count - k, known)]);
            known[(start, count)] = root;
        }

        return root;
    }

    /// <summary>PATH(m, D[n]).</summary>
    public static List<byte[]> Path(int m, ReadOnlySpan<byte[]> leaves)
    {
        if (leaves.Length == 1)
        {
            return [];
        }

        var k = Split(leaves.Length);
        return m < k
            ? [.. Path(m, leaves[..k]), Root(leaves[k..])]
            : [.. Path(m - k, leaves[k..]), Root(leaves[..k])];
    }

    /// <summary>PROOF(m, D[n]) = SUBPROOF(m, D[n], true).</summary>
    public static List<byte[]> Consistency(int m, ReadOnlySpan<byte[]> leaves) => SubProof(m, leaves, true);

    private static List<byte[]> SubProof(int m, ReadOnlySpan<byte[]> leaves, bool whole)
    {
        if (m == leaves.Length)
        {
            return whole ? [] : [Root(leaves)];
        }

        var k = Split(leaves.Length);
        return m <= k
            ? [.. SubProof(m, leaves[..k], whole), Root(leaves[k..])]
            : [.. SubProof(m - k, leaves[k..], false), Root(leaves[..k])];
    }

    private static int Split(int n)
    {
        var k = 1;
        while (k * 2 < n)
        {
            k *= 2;
        }

        return k;
    }
}
