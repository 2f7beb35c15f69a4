namespace Lucid.Cli.Profiles;

/// <summary>What a user's command line remembers. Readable by the owner only; holds tokens.</summary>
public sealed record Profile
{
    public string Server { get; init; } = "http://localhost:8080";
    public string? Address { get; init; }
    public string? UserId { get; init; }
    public string? AccessToken { get; init; }
    public DateTimeOffset? AccessExpiresAt { get; init; }
    public string? RefreshToken { get; init; }

    /// <summary>Pinned at the first log-in: 64 hex.</summary>
    public string? GenesisHash { get; init; }

    /// <summary>Thumbprint of the own encryption key.</summary>
    public string? EncryptionKid { get; init; }
}
