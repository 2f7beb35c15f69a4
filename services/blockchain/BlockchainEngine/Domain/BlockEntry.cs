using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>What the index keeps of every block.</summary>
/// <param name="Size">block_size_bytes.</param>
public readonly record struct BlockEntry(Digest Hash, long Slot, long TimestampMs, uint TransactionCount, int Size, Digest Producer);

/// <summary>Where a transaction stands on the chain.</summary>
public readonly record struct TransactionPlace(long Height, int Index);
