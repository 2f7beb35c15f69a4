using System.Collections.Immutable;
using System.Numerics;

namespace Lucid.Evidence;

/// <summary>
/// Root of a growing RFC 6962 tree in O(log n) memory. Append costs one node hash on average; <see cref="Root"/> costs
/// one for each perfect subtree. Not safe for concurrent use.
/// </summary>
public sealed class MerkleTreeBuilder
{
    private readonly List<Digest> peaks = new(24);

    public long Size { get; private set; }

    /// <summary>Root over everything appended; <see cref="MerkleHash.EmptyRoot"/> when there is nothing.</summary>
    public Digest Root
    {
        get
        {
            if (peaks.Count == 0)
            {
                return MerkleHash.EmptyRoot;
            }

            var root = peaks[^1];
            for (var i = peaks.Count - 2; i >= 0; i--)
            {
                root = MerkleHash.Node(peaks[i], root);
            }

            return root;
        }
    }

    public static MerkleTreeBuilder FromState(MerkleTreeState state)
    {
        ArgumentNullException.ThrowIfNull(state);
        if (state.Size < 0 || state.Peaks.Length != BitOperations.PopCount((ulong)state.Size))
        {
            throw new EvidenceException(EvidenceFault.MerkleInvalid, "The tree state has another number of subtrees than its size needs.");
        }

        var builder = new MerkleTreeBuilder { Size = state.Size };
        builder.peaks.AddRange(state.Peaks);
        return builder;
    }

    public MerkleTreeState GetState() => new(Size, peaks.ToImmutableArray());

    /// <summary>Appends a leaf by its input; the 0x00 prefix is applied here.</summary>
    public void Append(ReadOnlySpan<byte> leafInput) => AppendLeafHash(MerkleHash.Leaf(leafInput));

    /// <summary>Appends a leaf whose hash (0x00 already applied) is known.</summary>
    public void AppendLeafHash(Digest leafHash)
    {
        var node = leafHash;
        for (var size = Size; (size & 1) == 1; size >>= 1)
        {
            node = MerkleHash.Node(peaks[^1], node);
            peaks.RemoveAt(peaks.Count - 1);
        }

        peaks.Add(node);
        Size++;
    }
}
