using Lucid.ApiGateway.Routing;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.ServiceDefaults.Health;

namespace Lucid.ApiGateway.Meta;

/// <summary>What the gateway says about itself (gateway §4). Names of dependencies stay inside.</summary>
internal static class MetaEndpoints
{
    public static void MapMeta(this WebApplication app)
    {
        var runtime = app.Services.GetRequiredService<ServiceRuntime>();
        app.MapPublic(Own("/api/v1/meta/info"), (HttpContext context) => Cached(context, new MetaInfo("api-gateway", runtime.Version, runtime.Environment, ["wallet-login", "sessions", "chain"])))
            .Produces<MetaInfo>().WithName("GetMetaInfo").WithTags("Meta").WithSummary("What this system offers");
        app.MapPublic(Own("/api/v1/meta/version"), (HttpContext context) => Cached(context, new MetaVersion("v1", runtime.Version, ["v1"])))
            .Produces<MetaVersion>().WithName("GetMetaVersion").WithTags("Meta").WithSummary("Versions of the API");
        app.MapPublic(Own("/api/v1/meta/health"), AnswerHealthAsync)
            .Produces<MetaHealth>().Produces<MetaHealth>(StatusCodes.Status503ServiceUnavailable).WithName("GetMetaHealth").WithTags("Meta").WithSummary("Whether the system can work");
        app.MapPublic(Own("/health"), AnswerHealthAsync)
            .Produces<MetaHealth>().Produces<MetaHealth>(StatusCodes.Status503ServiceUnavailable).WithName("GetHealth").WithTags("Meta").WithSummary("The same for load balancers");
    }

    private static PublicRoute Own(string path) => new("GET", path, AppIds.ApiGateway, path, RouteAccess.Public);

    private static IResult Cached<T>(HttpContext context, T body)
    {
        context.Response.Headers.CacheControl = "public, max-age=300";
        return Results.Json(body);
    }

    private static async Task<IResult> AnswerHealthAsync(HttpContext context, HealthMonitor monitor, CancellationToken cancellationToken)
    {
        var report = await monitor.CheckAsync(cancellationToken).ConfigureAwait(false);
        context.Response.Headers.CacheControl = "no-store";
        return Results.Json(
            new MetaHealth(report.Status, report.Service, report.Version, report.Timestamp, report.UptimeSeconds),
            statusCode: report.Status == "unhealthy" ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK);
    }

    private sealed record MetaInfo(string ServiceName, string Version, string Environment, IReadOnlyList<string> Features);

    private sealed record MetaVersion(string ApiVersion, string GatewayVersion, IReadOnlyList<string> SupportedVersions);

    private sealed record MetaHealth(string Status, string Service, string Version, string Timestamp, long UptimeS);
}
