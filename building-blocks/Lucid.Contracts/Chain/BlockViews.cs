namespace Lucid.Contracts.Chain;

public sealed record BlockSummary(
    string BlockId, long Height, string Hash, DateTimeOffset Timestamp, long TransactionCount, int BlockSizeBytes, string Validator);

/// <summary>GET /blocks.</summary>
public sealed record BlockPage(IReadOnlyList<BlockSummary> Blocks, Pagination Pagination);

public sealed record TransactionSummary(string TxId, string Type, string Sender, int SizeBytes);

/// <summary>A finalised block (02 §4.2). Nonce and difficulty are constants for old clients.</summary>
public sealed record BlockDetails(
    string BlockId, long Height, string Hash, string PreviousHash, string MerkleRoot, string HistoryRoot, DateTimeOffset Timestamp, long Slot,
    int ProducerRank, int Nonce, int Difficulty, long TransactionCount, int BlockSizeBytes, IReadOnlyList<TransactionSummary> Transactions,
    string Validator, string Producer, string Signature, IReadOnlyList<PrecommitView> Commit, string Status);

/// <summary>GET /blocks/{block_id}/proof: the block is leaf <paramref name="LeafIndex"/> of the history tree of <paramref name="TreeSize"/> blocks.</summary>
/// <param name="HeaderBytes">Base64 of 295 bytes.</param>
/// <param name="Commit">Base64 of the commit bytes.</param>
/// <param name="RootHash">history_root of the block at height <paramref name="TreeSize"/>; absent for the newest block, which no signed head covers yet.</param>
public sealed record BlockProofView(
    string HeaderBytes, string Signature, string Commit, long LeafIndex, long? TreeSize, string? RootHash, IReadOnlyList<string>? Path);
