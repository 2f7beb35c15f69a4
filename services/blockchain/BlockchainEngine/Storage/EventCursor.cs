namespace Lucid.BlockchainEngine.Storage;

/// <summary>Entity <c>chain-events</c>: the events of all blocks up to this height were handed to the broker.</summary>
public sealed record EventCursor(long Height);
