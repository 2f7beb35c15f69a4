using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Services;

/// <summary>A secret and the apps whose sidecar hands it out.</summary>
public sealed record SecretRule(string Name, string Store, IReadOnlyList<string> Readers);

/// <summary>Secrets of the secret stores. A sidecar gives an app only the ones listed for it.</summary>
public static class SecretTable
{
    /// <summary>≥ 32 bytes, base64url: roots the keys that auth derives.</summary>
    public const string JwtSecret = "jwt-secret";

    /// <summary>≥ 32 bytes, base64url: wraps second-factor secrets.</summary>
    public const string MfaSecret = "mfa-secret";

    /// <summary>64 hex: the platform key that wraps the working copies of data keys.</summary>
    public const string MasterKey = "lucid-master-key";

    /// <summary>64 hex: wraps the keys of the recorder's spool files.</summary>
    public const string SpoolKey = "spool-key";

    /// <summary>PKCS#8 PEM of the P-256 key that signs manifests; its public half is in the genesis or on the chain.</summary>
    public const string ManifestSigningKey = "manifest-signing-key";

    /// <summary>32-byte Ed25519 seed, base64: the platform's key for anchor transactions.</summary>
    public const string AnchorSigningKey = "anchor-signing-key";

    /// <summary>32-byte Ed25519 seed, base64: the key that proposes and votes for blocks.</summary>
    public const string ValidatorKey = "validator-key";

    public static IReadOnlyList<SecretRule> All { get; } =
    [
        new(JwtSecret, ComponentNames.Secrets, [AuthService]),
        new(MfaSecret, ComponentNames.Secrets, [AuthService]),
        new(MasterKey, ComponentNames.Secrets, [SessionPipeline]),
        new(SpoolKey, ComponentNames.Secrets, [SessionRecorder]),
        new(ManifestSigningKey, ComponentNames.Secrets, [SessionPipeline]),
        new(AnchorSigningKey, ComponentNames.Secrets, [SessionAnchoring]),
        new(ValidatorKey, ComponentNames.Secrets, [BlockchainEngine]),
    ];
}
