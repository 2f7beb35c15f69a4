namespace Lucid.BlockchainEngine.Storage;

/// <summary>Entity <c>chain-head</c>, one for each validator key of a network.</summary>
/// <param name="Term">Grows by one with every engine that takes over.</param>
/// <param name="Height">Newest block known to be acknowledged.</param>
/// <param name="Hash">Its hash.</param>
/// <param name="ReservedHeight">Newest height it meant to sign.</param>
/// <param name="ReservedSlot">Slot of that; nothing is signed for it or an earlier one again.</param>
public sealed record ChainHead(long Term, long Height, string Hash, long ReservedHeight, long ReservedSlot);
