namespace Lucid.Contracts.Services;

/// <summary>Dapr component names, the same in every component folder. State stores are named in <see cref="ServiceTable"/>.</summary>
public static class ComponentNames
{
    public const string PubSub = "lucid-pubsub";
    public const string WalletPubSub = "wallet-pubsub";
    public const string Secrets = "lucid-secrets";
    public const string WalletSecrets = "wallet-secrets";
}
