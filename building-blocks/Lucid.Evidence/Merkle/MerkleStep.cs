namespace Lucid.Evidence;

/// <summary>A sibling and the side on which it stands.</summary>
public readonly record struct MerkleStep(Digest Hash, MerkleSide Side);
