using Lucid.ApiGateway.Limits;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Edge;

/// <summary>
/// Step 8: who asks. Credentials count in <c>Authorization</c> only; one that is sent must be good, also where none is needed. A failure
/// is charged to the client's address.
/// </summary>
internal sealed class Authentication(RequestDelegate next, UserTokenValidator tokens, IRateLimiter limiter, LimitTable table)
{
    private const string Prefix = "Bearer ";

    public async Task InvokeAsync(HttpContext context)
    {
        var request = EdgeRequest.Of(context);
        var header = context.Request.Headers.Authorization;
        if (request.Route is null || header.Count == 0)
        {
            await next(context).ConfigureAwait(false);
            return;
        }

        var result = header is [{ } value] && value.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
            ? await tokens.ValidateAsync(value[Prefix.Length..].Trim(), context.RequestAborted).ConfigureAwait(false)
            : new UserTokenResult(null, LucidErrors.TokenInvalid);
        if (result.Principal is { } principal && UserContext.From(principal) is { } user)
        {
            context.User = principal;
            request.User = user;
            await next(context).ConfigureAwait(false);
            return;
        }

        if (table.OfFailedLogin(request) is { Count: > 0 } charges)
        {
            await limiter.DecideAsync(new RateQuestion(charges, []), context.RequestAborted).ConfigureAwait(false);
        }

        request.Challenge = "invalid_token";
        await context.RefuseAsync(result.Refusal == LucidErrors.TokenExpired
            ? LucidResults.Error(LucidErrors.TokenExpired, "The access token has expired; refresh it.")
            : LucidResults.Error(LucidErrors.TokenInvalid, "The access token is not valid here; log in again.")).ConfigureAwait(false);
    }
}
