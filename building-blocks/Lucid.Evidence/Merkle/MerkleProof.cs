namespace Lucid.Evidence;

/// <summary>Verification of proofs exactly as in RFC 9162 §2.1.3.2 and §2.1.4.2. A proof that does not hold is false, never an exception.</summary>
public static class MerkleProof
{
    /// <param name="leafHash">SHA-256(0x00 ‖ leaf input).</param>
    /// <param name="leafIndex">Position of the leaf; must be below <paramref name="treeSize"/>.</param>
    /// <param name="treeSize">Number of leaves under <paramref name="root"/>.</param>
    /// <param name="path">Siblings from the leaf up; must be consumed exactly.</param>
    /// <param name="root">The trusted root.</param>
    public static bool VerifyInclusion(Digest leafHash, long leafIndex, long treeSize, IReadOnlyList<Digest> path, Digest root)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (leafIndex < 0 || leafIndex >= treeSize)
        {
            return false;
        }

        var fn = leafIndex;
        var sn = treeSize - 1;
        var r = leafHash;
        foreach (var p in path)
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                r = MerkleHash.Node(p, r);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                r = MerkleHash.Node(r, p);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && r == root;
    }

    /// <param name="first">Size of the earlier tree, at least 1.</param>
    /// <param name="second">Size of the later tree, at least <paramref name="first"/>.</param>
    /// <param name="firstRoot">Root of the earlier tree.</param>
    /// <param name="secondRoot">Root of the later tree.</param>
    /// <param name="path">The proof; empty exactly when both sizes are equal.</param>
    public static bool VerifyConsistency(long first, long second, Digest firstRoot, Digest secondRoot, IReadOnlyList<Digest> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (first < 1 || first > second)
        {
            return false;
        }

        if (first == second)
        {
            return path.Count == 0 && firstRoot == secondRoot;
        }

        if (path.Count == 0)
        {
            return false;
        }

        // A perfect first tree is a node of the second: its root opens the path and is not sent.
        var steps = System.Numerics.BitOperations.IsPow2(first) ? (IEnumerable<Digest>)[firstRoot, .. path] : path;
        var fn = first - 1;
        var sn = second - 1;
        while ((fn & 1) == 1)
        {
            fn >>= 1;
            sn >>= 1;
        }

        var fr = steps.First();
        var sr = fr;
        foreach (var c in steps.Skip(1))
        {
            if (sn == 0)
            {
                return false;
            }

            if ((fn & 1) == 1 || fn == sn)
            {
                fr = MerkleHash.Node(c, fr);
                sr = MerkleHash.Node(c, sr);
                while ((fn & 1) == 0 && fn != 0)
                {
                    fn >>= 1;
                    sn >>= 1;
                }
            }
            else
            {
                sr = MerkleHash.Node(sr, c);
            }

            fn >>= 1;
            sn >>= 1;
        }

        return sn == 0 && fr == firstRoot && sr == secondRoot;
    }

    /// <summary>
    /// Membership only: the caller names the side of every sibling instead of index and size, so neither position nor
    /// size is proved. Kept for callers that ask about a root they know by name.
    /// </summary>
    public static bool VerifyMembership(Digest leafHash, IReadOnlyList<MerkleStep> path, Digest root)
    {
        ArgumentNullException.ThrowIfNull(path);
        return path.Aggregate(leafHash, static (r, step) => step.Side == MerkleSide.Left ? MerkleHash.Node(step.Hash, r) : MerkleHash.Node(r, step.Hash)) == root;
    }

    /// <summary>The side on which each sibling of an inclusion path stands, for answers that carry both.</summary>
    public static MerkleStep[] WithSides(long leafIndex, long treeSize, IReadOnlyList<Digest> path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var steps = new MerkleStep[path.Count];
        var at = path.Count;
        long start = 0;
        var count = treeSize;
        while (count > 1 && at > 0)
        {
            var split = MerkleProver.Split(count);
            var left = leafIndex - start < split;
            steps[--at] = new MerkleStep(path[at], left ? MerkleSide.Right : MerkleSide.Left);
            start += left ? 0 : split;
            count = left ? split : count - split;
        }

        return count <= 1 && at == 0 ? steps : throw new EvidenceException(EvidenceFault.MerkleInvalid, "The path does not fit leaf index and tree size.");
    }
}
