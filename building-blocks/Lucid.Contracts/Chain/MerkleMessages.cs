namespace Lucid.Contracts.Chain;

/// <summary>POST /merkle/verify: a leaf with its path, and either its index with the tree size or the side of every sibling.</summary>
/// <param name="LeafHash">64 hex; the 32 bytes are the leaf input, 0x00 is applied by the service. Alias: <paramref name="ChunkHash"/>.</param>
/// <param name="ProofPath">0 to 20 siblings from the leaf up. Alias: <paramref name="Proof"/>.</param>
/// <param name="ProofDirections"><c>left</c> or <c>right</c> for each sibling: proves membership only.</param>
public sealed record MerkleVerifyRequest(
    string RootHash, string? LeafHash = null, string? ChunkHash = null, IReadOnlyList<string>? ProofPath = null, IReadOnlyList<string>? Proof = null,
    long? LeafIndex = null, long? TreeSize = null, IReadOnlyList<string>? ProofDirections = null);

public sealed record MerkleVerifyResult(bool Verified, bool ProofValid, bool LeafExists, string RootHash, double VerificationTimeMs);
