namespace Lucid.Evidence;

/// <summary>
/// Hash of the perfect subtree with 2^<paramref name="level"/> leaves that starts at leaf
/// <paramref name="index"/>·2^<paramref name="level"/>. Level 0 is the leaf hashes.
/// </summary>
public delegate Digest MerkleNodeLookup(int level, long index);
