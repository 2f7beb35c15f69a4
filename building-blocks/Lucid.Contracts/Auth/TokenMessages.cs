namespace Lucid.Contracts.Auth;

/// <summary>POST introspect, in JSON.</summary>
public sealed record IntrospectRequest(string Token);

/// <summary>RFC 7662 §2.2; only <paramref name="Active"/> when the token or its session is not good.</summary>
/// <param name="Exp">Seconds since 1970.</param>
public sealed record Introspection(bool Active, string? Sub = null, string? Sid = null, string? Role = null, long? Exp = null);

/// <summary>POST exchange, in JSON.</summary>
/// <param name="Audience">App-id of the main plane, or <see cref="TokenAudiences.Wallet"/>.</param>
public sealed record ExchangeRequest(string Token, string Audience);

/// <summary>RFC 8693 §2.2: a delegation token.</summary>
/// <param name="ExpiresIn">Seconds.</param>
public sealed record ExchangedToken(string AccessToken, string IssuedTokenType, string TokenType, int ExpiresIn);

public static class TokenAudiences
{
    /// <summary>Of access tokens.</summary>
    public const string Platform = "lucid-blockchain";

    /// <summary>Of delegation tokens for the payment plane.</summary>
    public const string Wallet = "lucid-wallet";
}

/// <summary>RFC 7517: the public keys that verify tokens.</summary>
public sealed record JsonWebKeys(IReadOnlyList<VerificationKey> Keys);

/// <param name="X">base64url, 32 bytes.</param>
/// <param name="Y">base64url, 32 bytes.</param>
public sealed record VerificationKey(string Kty, string Crv, string Use, string Alg, string Kid, string X, string Y);
