namespace Lucid.Evidence;

/// <summary>
/// An append-only tree in memory (64 bytes for each leaf) that gives a root and proofs for every earlier size.
/// One writer; readers only between appends.
/// </summary>
public sealed class MerkleTree
{
    private readonly List<List<Digest>> levels = [[]];

    public long Size => levels[0].Count;

    public static MerkleTree FromLeafHashes(IEnumerable<Digest> leafHashes)
    {
        ArgumentNullException.ThrowIfNull(leafHashes);
        var tree = new MerkleTree();
        foreach (var hash in leafHashes)
        {
            tree.AppendLeafHash(hash);
        }

        return tree;
    }

    public void Append(ReadOnlySpan<byte> leafInput) => AppendLeafHash(MerkleHash.Leaf(leafInput));

    public void AppendLeafHash(Digest leafHash)
    {
        var node = leafHash;
        for (var level = 0; ; level++)
        {
            if (level == levels.Count)
            {
                levels.Add([]);
            }

            levels[level].Add(node);
            if ((levels[level].Count & 1) == 1)
            {
                return;
            }

            node = MerkleHash.Node(levels[level][^2], node);
        }
    }

    /// <summary>The stored node, usable as a <see cref="MerkleNodeLookup"/>.</summary>
    public Digest Node(int level, long index) => levels[level][(int)index];

    public Digest Root() => Root(Size);

    public Digest Root(long size) => MerkleProver.Root(Node, Within(size));

    public Digest[] InclusionPath(long leafIndex) => InclusionPath(leafIndex, Size);

    public Digest[] InclusionPath(long leafIndex, long size) => MerkleProver.InclusionPath(Node, Within(size), leafIndex);

    public Digest[] ConsistencyPath(long first, long second) => MerkleProver.ConsistencyPath(Node, first, Within(second));

    private long Within(long size) => size >= 0 && size <= Size
        ? size
        : throw new EvidenceException(EvidenceFault.MerkleInvalid, $"The tree has {Size} leaves, not {size}.");
}
