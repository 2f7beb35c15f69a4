using Lucid.Evidence;

namespace Lucid.SessionApi.Domain;

/// <summary>Inclusion proof of a chunk (RFC 9162 §2.1.3): hashes in hex, from the leaf up.</summary>
public sealed record ChunkProof(string LeafHash, long LeafIndex, long TreeSize, IReadOnlyList<ChunkProofStep> Path, string Root)
{
    public static ChunkProof Of(Manifest manifest, int leaf)
    {
        var leaves = manifest.Chunks.Select(chunk => MerkleHash.Leaf(chunk.ChunkHash.Span)).ToList();
        var steps = MerkleProof.WithSides(leaf, leaves.Count, MerkleTree.FromLeafHashes(leaves).InclusionPath(leaf));
        return new(
            leaves[leaf].ToString(), leaf, leaves.Count,
            [.. steps.Select(step => new ChunkProofStep(step.Hash.ToString(), step.Side == MerkleSide.Left ? "left" : "right"))],
            manifest.Merkle.Root.ToString());
    }
}

/// <param name="Side">Where the sibling stands: left or right.</param>
public sealed record ChunkProofStep(string Hash, string Side);
