namespace Lucid.Contracts.Services;

/// <summary>Dapr namespaces and the trust domain of every Lucid identity.</summary>
public static class Namespaces
{
    public const string Main = "lucid";

    /// <summary>The payment plane: the six TRON services.</summary>
    public const string Wallet = "lucid-wallet";

    public const string TrustDomain = "lucid.internal";
}
