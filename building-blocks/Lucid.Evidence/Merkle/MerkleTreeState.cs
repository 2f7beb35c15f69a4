using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Numerics;

namespace Lucid.Evidence;

/// <summary>
/// What a streaming builder remembers: the number of leaves and the roots of the perfect subtrees it consists of,
/// largest first (one for each 1-bit of <paramref name="Size"/>). Bytes: u64 size ‖ 32-byte roots, big-endian.
/// </summary>
public sealed record MerkleTreeState(long Size, ImmutableArray<Digest> Peaks)
{
    public byte[] ToBytes()
    {
        var bytes = new byte[8 + (Peaks.Length * Digest.Size)];
        BinaryPrimitives.WriteInt64BigEndian(bytes, Size);
        for (var i = 0; i < Peaks.Length; i++)
        {
            Peaks[i].Span.CopyTo(bytes.AsSpan(8 + (i * Digest.Size)));
        }

        return bytes;
    }

    /// <exception cref="EvidenceException">The number of roots does not fit the size.</exception>
    public static MerkleTreeState FromBytes(ReadOnlySpan<byte> bytes)
    {
        var size = bytes.Length >= 8 ? BinaryPrimitives.ReadInt64BigEndian(bytes) : -1;
        if (size < 0 || bytes.Length != 8 + (BitOperations.PopCount((ulong)size) * Digest.Size))
        {
            throw new EvidenceException(EvidenceFault.BinaryMalformed, "A tree state is its size and one digest for each 1-bit of it.");
        }

        var peaks = ImmutableArray.CreateBuilder<Digest>();
        for (var at = 8; at < bytes.Length; at += Digest.Size)
        {
            peaks.Add(new Digest(bytes.Slice(at, Digest.Size)));
        }

        return new MerkleTreeState(size, peaks.ToImmutable());
    }
}
