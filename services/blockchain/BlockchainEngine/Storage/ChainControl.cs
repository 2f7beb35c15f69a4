namespace Lucid.BlockchainEngine.Storage;

/// <summary>Entity <c>chain-control</c>: what an operator ordered; survives a restart.</summary>
public sealed record ChainControl(bool IsPaused, string Reason, DateTimeOffset Since)
{
    public const string Id = "production";
}
