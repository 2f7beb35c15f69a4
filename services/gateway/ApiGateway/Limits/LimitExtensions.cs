using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;
using StackExchange.Redis;

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
        if (string.IsNullOrEmpty(options.RedisUri))
        {
            builder.Services.AddSingleton<IRateLimiter>(provider => provider.GetRequiredService<SlidingWindowLimiter>());
            return;
        }

        var redis = RedisAddress(options.RedisUri);
        builder.Services.AddSingleton<IConnectionMultiplexer>(_ => ConnectionMultiplexer.Connect(redis));
        builder.Services.AddSingleton<IRateLimiter, RedisRateLimiter>();
    }

    /// <summary>Accepts <c>redis://[:password@]host[:port]</c> and the client library's own form; a server that is away does not stop the start.</summary>
    internal static ConfigurationOptions RedisAddress(string text)
    {
        var options = Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "redis" or "rediss"
            ? new ConfigurationOptions
            {
                EndPoints = { { uri!.Host, uri.IsDefaultPort || uri.Port < 0 ? 6379 : uri.Port } },
                Password = uri.UserInfo.Contains(':', StringComparison.Ordinal) ? Uri.UnescapeDataString(uri.UserInfo[(uri.UserInfo.IndexOf(':', StringComparison.Ordinal) + 1)..]) : null,
                Ssl = uri.Scheme == "rediss",
            }
            : ConfigurationOptions.Parse(text);
        options.AbortOnConnectFail = false;
        options.AsyncTimeout = 500;
        options.BacklogPolicy = BacklogPolicy.FailFast;
        return options;
    }
}
