using System.Security.Cryptography;

namespace Lucid.Evidence;

/// <summary>The two hashes of RFC 6962 §2.1 / RFC 9162 §2.1.1 over SHA-256.</summary>
public static class MerkleHash
{
    public const string Algorithm = "sha256-rfc6962";

    /// <summary>Root of the tree without leaves: SHA-256 of nothing.</summary>
    public static Digest EmptyRoot { get; } = Digest.Of([]);

    /// <summary>SHA-256(0x00 ‖ input).</summary>
    public static Digest Leaf(ReadOnlySpan<byte> input)
    {
        const int OnStack = 1024;
        Span<byte> buffer = input.Length < OnStack ? stackalloc byte[OnStack] : new byte[input.Length + 1];
        buffer[0] = 0;
        input.CopyTo(buffer[1..]);
        return Digest.Of(buffer[..(input.Length + 1)]);
    }

    /// <summary>SHA-256(0x01 ‖ left ‖ right).</summary>
    public static Digest Node(Digest left, Digest right)
    {
        Span<byte> buffer = stackalloc byte[1 + (2 * Digest.Size)];
        buffer[0] = 1;
        left.Span.CopyTo(buffer[1..]);
        right.Span.CopyTo(buffer[(1 + Digest.Size)..]);
        Span<byte> hash = stackalloc byte[Digest.Size];
        SHA256.HashData(buffer, hash);
        return new Digest(hash);
    }

    /// <summary>Number of levels above the leaves: ⌈log2 size⌉; 0 for one leaf.</summary>
    public static int Height(long size) => size <= 1 ? 0 : 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(size - 1));
}
