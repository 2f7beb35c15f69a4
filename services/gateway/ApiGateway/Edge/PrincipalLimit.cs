using Lucid.ApiGateway.Limits;
using Lucid.ApiGateway.Revocation;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Edge;

/// <summary>Step 9: limits of the user's tier, and in the same decision whether the user or the log-in session has been revoked.</summary>
internal sealed class PrincipalLimit(RequestDelegate next, IRateLimiter limiter, LimitTable table, DenyList denied)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = EdgeRequest.Of(context);
        if (request.User is { } user)
        {
            await denied.EnsureLoadedAsync(context.RequestAborted).ConfigureAwait(false);
            var question = new RateQuestion(table.OfPrincipal(request, user), [Subject.OfSession(user.SessionId), Subject.OfUser(user.UserId.ToString())]);
            var decision = await limiter.DecideAsync(question, context.RequestAborted).ConfigureAwait(false);
            if (decision.IsDenied)
            {
                request.Challenge = "invalid_token";
                await context.RefuseAsync(LucidResults.Error(LucidErrors.TokenInvalid, "The log-in was ended; log in again.", "revoked")).ConfigureAwait(false);
                return;
            }

            request.Rate = RateState.Tighter(request.Rate, decision.Tightest);
            if (decision.Refusal is { } refusal)
            {
                await context.RefuseAsync(refusal.ToResult()).ConfigureAwait(false);
                return;
            }
        }

        await next(context).ConfigureAwait(false);
    }
}
