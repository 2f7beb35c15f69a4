using System.Security.Claims;
using Lucid.ServiceDefaults.Users;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lucid.ServiceDefaults;

/// <summary>Verifies access tokens (RFC 7519 in the profile of RFC 9068, rules of RFC 8725; 09-auth §5).</summary>
public sealed class UserTokenValidator
{
    private const int MaxLength = 4096;
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    private readonly JwksCache _keys;
    private readonly TimeProvider _clock;
    private readonly UserTokenOptions _options;
    private readonly JsonWebTokenHandler _handler = new() { MapInboundClaims = false, MaximumTokenSizeInBytes = MaxLength };

    internal UserTokenValidator(JwksCache keys, TimeProvider clock, UserTokenOptions options) => (_keys, _clock, _options) = (keys, clock, options);

    /// <summary>The principal of a good token, or the refusal: 2002 expired, 2003 anything else.</summary>
    public async Task<UserTokenResult> ValidateAsync(string token, CancellationToken cancellationToken)
    {
        if (token.Length > MaxLength || !_handler.CanReadToken(token))
        {
            return UserTokenResult.Invalid;
        }

        JsonWebToken parsed;
        try
        {
            parsed = _handler.ReadJsonWebToken(token);
        }
        catch (ArgumentException)
        {
            return UserTokenResult.Invalid;
        }

        if (parsed.Alg != SecurityAlgorithms.EcdsaSha256 || string.IsNullOrEmpty(parsed.Kid)
            || await _keys.FindAsync(parsed.Kid, cancellationToken).ConfigureAwait(false) is not { } key)
        {
            return UserTokenResult.Invalid;
        }

        var result = await _handler.ValidateTokenAsync(token, Parameters(key)).ConfigureAwait(false);
        if (result.IsValid)
        {
            return Guid.TryParse(result.ClaimsIdentity.FindFirst("sub")?.Value, out _)
                ? new UserTokenResult(new ClaimsPrincipal(result.ClaimsIdentity), null)
                : UserTokenResult.Invalid;
        }

        return result.Exception is SecurityTokenExpiredException ? UserTokenResult.Expired : UserTokenResult.Invalid;
    }

    private TokenValidationParameters Parameters(SecurityKey key) => new()
    {
        IssuerSigningKey = key,
        ValidIssuer = _options.Issuer,
        ValidAudiences = _options.Audiences,
        ValidAlgorithms = [SecurityAlgorithms.EcdsaSha256],
        ValidTypes = ["at+jwt"],
        RequireExpirationTime = true,
        RequireSignedTokens = true,
        AuthenticationType = UserTokenExtensions.Scheme,
        NameClaimType = "sub",
        RoleClaimType = "role",
        LifetimeValidator = CheckLifetime,
    };

    // Ours because the library's own reads the system clock.
    private bool CheckLifetime(DateTime? notBefore, DateTime? expires, SecurityToken token, TokenValidationParameters parameters)
    {
        var now = _clock.GetUtcNow().UtcDateTime;
        if (expires is not { } end || end < now - Skew)
        {
            throw new SecurityTokenExpiredException();
        }

        return notBefore is not { } start || start <= now + Skew;
    }
}
