using Lucid.ApiGateway.Limits;
using Lucid.ApiGateway.Routing;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Lucid.ApiGateway.Edge;

internal static class EdgeExtensions
{
    /// <summary>The public listeners and everything a request passes before it is forwarded.</summary>
    public static void AddPublicEdge(this WebApplicationBuilder builder)
    {
        var options = builder.AddLucidOptions<EdgeOptions>();
        builder.RefuseInProduction(options.AllowedHosts.Length == 0 || options.AllowedHosts.Contains("*"), "ALLOWED_HOSTS: required with ENVIRONMENT=production; accepted is a list of host names, not '*'.");
        builder.RefuseInProduction(options.CorsOrigins.Contains("*"), "CORS_ORIGINS: '*' is refused with ENVIRONMENT=production; list the origins.");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestLineSize = TargetGuard.MaxTarget + 64; // verb and version beside the target
            kestrel.Limits.MaxRequestHeadersTotalSize = 32 << 10;
        });
        builder.AddPublicListener();
        if (options.HasTls)
        {
            var certificate = new TlsCertificate(options.SslCertPath!, options.SslKeyPath!, TimeProvider.System);
            builder.WebHost.UseKestrelHttpsConfiguration();
            builder.AddPublicListener(options.HttpsPort, configure: listen => listen.UseHttps(certificate.HandshakeAsync, null!));
        }

        builder.AddUserTokens();

        builder.Services.RemoveFrameworkAuthentication();
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(options.CorsOrigins)
            .WithMethods([.. PublicRouteTable.All.Select(route => route.Verb).Distinct()])
            .WithHeaders("Authorization", "Content-Type", "If-Match", LucidHeaders.IdempotencyKey, LucidHeaders.IngestToken, LucidHeaders.ReprDigest)
            .WithExposedHeaders(LucidHeaders.RequestId, "ETag", "Location", "Content-Disposition", "Retry-After", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")
            .SetPreflightMaxAge(TimeSpan.FromMinutes(10))));
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ListenerPolicy>());
        builder.AddLimits();
    }
    /// <summary>
    /// The edge authenticates and authorises at its own steps, after the first limiter: only the token validator of the defaults is used,
    /// and the framework's middleware, which any registration of its services switches on, stays out.
    /// </summary>
    private static void RemoveFrameworkAuthentication(this IServiceCollection services)
    {
        foreach (var service in services.Where(s => s.ServiceType.Namespace is { } name
            && (name.StartsWith("Microsoft.AspNetCore.Authentication", StringComparison.Ordinal) || name.StartsWith("Microsoft.AspNetCore.Authorization", StringComparison.Ordinal))).ToArray())
        {
            services.Remove(service);
        }
    }
}
