using Lucid.AuthService.Actors;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.AuthService.Tokens;
using Lucid.Contracts.Access;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Endpoints;

/// <summary>Verification keys for everybody; introspection and exchange for the gateway.</summary>
internal static class TokenEndpoints
{
    private const string AccessTokenType = "urn:ietf:params:oauth:token-type:access_token";

    public static void MapTokens(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Routes.Jwks, JwksAsync).WithName("Jwks").WithTags("Tokens").WithSummary("The keys that verify tokens (RFC 7517)").Produces<JsonWebKeys>();
        routes.MapPost(Routes.Auth.Introspect, IntrospectAsync).WithName("Introspect").WithTags("Tokens").WithSummary("RFC 7662, with the session's state").Produces<Introspection>();
        routes.MapPost(Routes.Auth.Exchange, ExchangeAsync).WithName("Exchange").WithTags("Tokens").WithSummary("RFC 8693: a token of 60 s for one backend").Produces<ExchangedToken>();
    }

    private static async Task<IResult> JwksAsync(HttpContext context, SigningKeys keys, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return Results.Ok(await keys.PublicAsync(cancellationToken));
    }

    private static async Task<IResult> IntrospectAsync(IntrospectRequest request, Bearers bearers, CancellationToken cancellationToken)
    {
        var (bearer, _) = await bearers.ReadAsync(request.Token, cancellationToken);
        return Results.Ok(bearer is null
            ? new Introspection(false)
            : new Introspection(true, bearer.User.UserId, bearer.Session.SessionId, bearer.User.Role, bearer.ExpiresAt.ToUnixTimeSeconds()));
    }

    private static async Task<IResult> ExchangeAsync(ExchangeRequest request, Bearers bearers, AccessTokens tokens, CancellationToken cancellationToken)
    {
        if (request.Audience != TokenAudiences.Wallet && ServiceTable.Find(request.Audience)?.Namespace != Namespaces.Main)
        {
            return LucidResults.Error(LucidErrors.Forbidden, "Name an app of the main plane or lucid-wallet as audience.", "audience");
        }

        var (bearer, refusal) = await bearers.ReadAsync(request.Token, cancellationToken);
        if (bearer is null)
        {
            return LucidResults.Error(refusal ?? LucidErrors.TokenInvalid, "The access token is not valid here; log in again.", "token_invalid");
        }

        var (token, expiresIn) = await tokens.DelegateAsync(request.Audience, SessionGrant.Of(bearer.Session), bearer.User, cancellationToken);
        return Results.Ok(new ExchangedToken(token, AccessTokenType, "Bearer", expiresIn));
    }
}

/// <summary>Access tokens judged with what only this service knows: session and user.</summary>
internal sealed class Bearers(UserTokenValidator validator, LoginSessions sessions, UserDirectory users, TimeProvider clock)
{
    public async Task<(Bearer? Bearer, ErrorCode? Refusal)> ReadAsync(string token, CancellationToken cancellationToken)
    {
        var result = await validator.ValidateAsync(token, cancellationToken);
        if (result.Principal is not { } principal || UserContext.From(principal) is not { } caller)
        {
            return (null, result.Refusal);
        }

        if (await sessions.FindAsync(caller.SessionId, cancellationToken) is not { } session || !session.IsLive(clock.GetUtcNow())
            || await users.FindAsync(session.UserId, cancellationToken) is not { } user || user.Value.Status != UserStatus.Active)
        {
            return (null, LucidErrors.SessionExpired);
        }

        return (new(session, user.Value.ToView(user.Version), principal.ExpiresAt()), null);
    }
}

internal sealed record Bearer(LoginSession Session, UserView User, DateTimeOffset ExpiresAt);
