using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Limits;

internal static class LimitExtensions
{
    public static void AddLimits(this WebApplicationBuilder builder)
    {
        var options = builder.AddLucidOptions<LimitOptions>();
        builder.RefuseInProduction(options.RateLimitEnabled == false, "RATE_LIMIT_ENABLED: 'false' is refused with ENVIRONMENT=production; accepted is true.");
        foreach (var name in LimitTable.Unknown(PublicRouteTable.All))
        {
            builder.RefuseStart(true, $"The public route table names the limit '{name}', which the gateway does not know.");
        }

        builder.Services.AddSingleton(new LimitTable(options, builder.Runtime().IsDevelopment));
        builder.Services.AddSingleton<SlidingWindowLimiter>();
        builder.Services.AddSingleton<IRateLimiter>(provider => provider.GetRequiredService<SlidingWindowLimiter>());
    }
}
