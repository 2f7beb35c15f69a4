using System.Numerics;

namespace Lucid.Evidence;

/// <summary>
/// Roots and proofs over stored perfect-subtree hashes, O(log² n) look-ups, for trees kept anywhere (memory, file).
/// Paths are those of RFC 9162 §2.1.3.1 and §2.1.4.1.
/// </summary>
public static class MerkleProver
{
    public static Digest Root(MerkleNodeLookup nodes, long size) =>
        size == 0 ? MerkleHash.EmptyRoot : RangeRoot(nodes, 0, size);

    /// <summary>Siblings from the leaf up.</summary>
    public static Digest[] InclusionPath(MerkleNodeLookup nodes, long size, long leafIndex)
    {
        if (leafIndex < 0 || leafIndex >= size)
        {
            throw new EvidenceException(EvidenceFault.MerkleInvalid, $"Leaf {leafIndex} is not in a tree of {size} leaves.");
        }

        var path = new List<Digest>();
        long start = 0;
        var count = size;
        while (count > 1)
        {
            var split = Split(count);
            if (leafIndex - start < split)
            {
                path.Add(RangeRoot(nodes, start + split, count - split));
                count = split;
            }
            else
            {
                path.Add(RangeRoot(nodes, start, split));
                start += split;
                count -= split;
            }
        }

        path.Reverse();
        return [.. path];
    }

    /// <summary>Proof that the tree of <paramref name="second"/> leaves begins with the tree of <paramref name="first"/>.</summary>
    /// <param name="nodes">Nodes of the larger tree.</param>
    /// <param name="first">At least 1; 0 is refused because everything extends the empty tree.</param>
    /// <param name="second">At least <paramref name="first"/>; equal gives an empty proof.</param>
    public static Digest[] ConsistencyPath(MerkleNodeLookup nodes, long first, long second)
    {
        if (first < 1 || first > second)
        {
            throw new EvidenceException(EvidenceFault.MerkleInvalid, $"There is no consistency proof from {first} to {second}.");
        }

        var path = new List<Digest>();
        long start = 0;
        var known = first;
        var count = second;
        var complete = true;
        while (known != count)
        {
            var split = Split(count);
            if (known <= split)
            {
                path.Add(RangeRoot(nodes, start + split, count - split));
                count = split;
            }
            else
            {
                path.Add(RangeRoot(nodes, start, split));
                start += split;
                known -= split;
                count -= split;
                complete = false;
            }
        }

        if (!complete)
        {
            path.Add(RangeRoot(nodes, start, count));
        }

        path.Reverse();
        return [.. path];
    }

    /// <summary>Largest power of two smaller than <paramref name="count"/>.</summary>
    internal static long Split(long count) => 1L << (63 - BitOperations.LeadingZeroCount((ulong)(count - 1)));

    private static Digest RangeRoot(MerkleNodeLookup nodes, long start, long count)
    {
        if (BitOperations.IsPow2(count))
        {
            var level = BitOperations.TrailingZeroCount(count);
            return nodes(level, start >> level);
        }

        var split = Split(count);
        return MerkleHash.Node(RangeRoot(nodes, start, split), RangeRoot(nodes, start + split, count - split));
    }
}
