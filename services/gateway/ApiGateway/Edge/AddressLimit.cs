using Lucid.ApiGateway.Limits;

namespace Lucid.ApiGateway.Edge;

/// <summary>Step 7: limits by client address, before any cryptography. A credential spares the public tier but not the guard against failed ones.</summary>
internal sealed class AddressLimit(RequestDelegate next, IRateLimiter limiter, LimitTable table)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var request = EdgeRequest.Of(context);
        var charges = table.OfAddress(request, context.Request.Headers.Authorization.Count > 0);
        if (charges.Count > 0)
        {
            var decision = await limiter.DecideAsync(new RateQuestion(charges, []), context.RequestAborted).ConfigureAwait(false);
            request.Rate = decision.Tightest;
            if (decision.Refusal is { } refusal)
            {
                await context.RefuseAsync(refusal.ToResult()).ConfigureAwait(false);
                return;
            }
        }

        await next(context).ConfigureAwait(false);
    }
}
