using Lucid.AuthService.Actors;
using Lucid.AuthService.Storage;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Services;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Lucid.AuthService.Tokens;

/// <summary>Signs access tokens (RFC 9068) and delegation tokens (RFC 8693), always ES256.</summary>
internal sealed class AccessTokens(SigningKeys keys, AuthOptions options, TimeProvider clock)
{
    public static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);
    public static readonly TimeSpan DelegationLife = TimeSpan.FromSeconds(60);

    private const string ClientId = "lucid-client";

    private readonly JsonWebTokenHandler _handler = new() { SetDefaultTimesOnTokenCreation = false };

    /// <summary>A token of the session, no longer than the session itself. Role and kyc are the user's of now.</summary>
    public Task<(string Token, int ExpiresIn)> IssueAsync(SessionGrant session, UserView user, CancellationToken cancellationToken)
    {
        var left = session.ExpiresAt - clock.GetUtcNow();
        return SignAsync(TokenAudiences.Platform, left < options.AccessTokenLife ? left : options.AccessTokenLife, session, user, actor: null, cancellationToken);
    }

    /// <summary>A token for one backend, made for the gateway, which acts for the user.</summary>
    public Task<(string Token, int ExpiresIn)> DelegateAsync(string audience, SessionGrant session, UserView user, CancellationToken cancellationToken) =>
        SignAsync(audience, DelegationLife, session, user, AppIds.ApiGateway, cancellationToken);

    private async Task<(string Token, int ExpiresIn)> SignAsync(
        string audience, TimeSpan life, SessionGrant session, UserView user, string? actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = AppIds.AuthService,
            ["aud"] = audience,
            ["sub"] = user.UserId,
            ["sid"] = session.SessionId,
            ["jti"] = Guid.CreateVersion7(now).ToString("D"),
            ["client_id"] = ClientId,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["nbf"] = now.ToUnixTimeSeconds(),
            ["exp"] = (now + life).ToUnixTimeSeconds(),
            ["auth_time"] = session.AuthTime.ToUnixTimeSeconds(),
            ["amr"] = session.Amr.ToArray(),
            ["acr"] = session.Acr,
            ["role"] = user.Role,
            ["roles"] = new[] { user.Role },
            ["kyc"] = user.KycStatus,
        };
        if (actor is not null)
        {
            claims["act"] = new Dictionary<string, object> { ["sub"] = actor };
        }

        var credentials = await keys.ActiveAsync(cancellationToken);
        var token = _handler.CreateToken(new SecurityTokenDescriptor { TokenType = "at+jwt", SigningCredentials = credentials, Claims = claims });
        return (token, (int)life.TotalSeconds);
    }
}
