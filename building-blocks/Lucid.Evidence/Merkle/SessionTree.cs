namespace Lucid.Evidence;

/// <summary>
/// The tree over one recording: leaf input = the 32 bytes of each chunk_hash, in index order. At least one leaf, at
/// most 2^20 (height 20).
/// </summary>
public static class SessionTree
{
    public const int MaxHeight = 20;

    public const long MaxLeaves = 1L << MaxHeight;

    /// <exception cref="EvidenceException">No chunk, or more than 2^20.</exception>
    public static Digest Root(IEnumerable<Digest> chunkHashes)
    {
        ArgumentNullException.ThrowIfNull(chunkHashes);
        var builder = new MerkleTreeBuilder();
        foreach (var hash in chunkHashes)
        {
            Append(builder, hash);
        }

        return Root(builder);
    }

    public static void Append(MerkleTreeBuilder builder, Digest chunkHash)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (builder.Size == MaxLeaves)
        {
            throw new EvidenceException(EvidenceFault.MerkleInvalid, "A session tree has at most 2^20 leaves.");
        }

        builder.Append(chunkHash.Span);
    }

    public static Digest Root(MerkleTreeBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder.Size > 0 ? builder.Root : throw new EvidenceException(EvidenceFault.MerkleInvalid, "A session tree without chunks is refused.");
    }

    /// <summary>Inclusion of a chunk; refuses paths longer than 20 like every other impossible proof.</summary>
    public static bool VerifyInclusion(Digest chunkHash, long leafIndex, long treeSize, IReadOnlyList<Digest> path, Digest root) =>
        treeSize <= MaxLeaves && MerkleProof.VerifyInclusion(MerkleHash.Leaf(chunkHash.Span), leafIndex, treeSize, path, root);
}
