namespace Lucid.ServiceDefaults;

/// <summary>What an access token must say. The algorithm (ES256), the type (<c>at+jwt</c>) and the skew (30 s) are not up for choice.</summary>
public sealed record UserTokenOptions
{
    public string Issuer { get; set; } = AppIds.AuthService;

    /// <summary>Accepted <c>aud</c>; a delegation token names its target app or <c>lucid-wallet</c>.</summary>
    public IReadOnlyList<string> Audiences { get; set; } = ["lucid-blockchain"];
}
