namespace Lucid.Contracts.Chain;

/// <summary>Data of <c>session.anchored</c> and <c>anchor.failed</c>: a hint, the receipt is fetched and checked.</summary>
public sealed record AnchorNotice(string SessionId, string AnchoringId, string Status, string? TransactionId, long? BlockHeight, string? Error);

/// <summary>Data of <c>block.created</c>, sent only when the block is final.</summary>
public sealed record BlockNotice(long Height, string Hash, long Slot, string Producer, int TransactionCount, int SessionAnchorCount, DateTimeOffset Timestamp);
