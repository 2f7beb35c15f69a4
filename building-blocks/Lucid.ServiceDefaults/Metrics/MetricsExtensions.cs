using Lucid.ServiceDefaults.Health;
using Lucid.ServiceDefaults.Wall;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Prometheus;

namespace Lucid.ServiceDefaults.Metrics;

internal static class MetricsExtensions
{
    /// <summary>A registry per host, injected as <see cref="IMetricFactory"/>; nothing static.</summary>
    public static void AddLucidMetrics(this IServiceCollection services, ServiceRuntime runtime)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        DotNetStats.Register(registry);
        factory.CreateGauge("lucid_build_info", "Always 1.", ["service", "version"]).WithLabels(runtime.ServiceName, runtime.Version).Set(1);
        services.AddSingleton(registry);
        services.AddSingleton<IMetricFactory>(factory);
        services.AddSingleton<HttpMetrics>();
    }

    /// <summary>Traces go out only when somebody listens.</summary>
    public static void AddLucidTracing(this IServiceCollection services, IConfiguration configuration, ServiceRuntime runtime)
    {
        if (string.IsNullOrEmpty(configuration["OTEL_EXPORTER_OTLP_ENDPOINT"]))
        {
            return;
        }

        services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(runtime.ServiceName, serviceVersion: runtime.Version))
            .WithTracing(tracing => tracing
                .AddAspNetCoreInstrumentation(options => options.Filter = context => !SecondWall.IsProbePath(context.Request.Path))
                .AddHttpClientInstrumentation()
                .AddSource("Lucid.*")
                .AddOtlpExporter());
    }

    public static void MapMetricsEndpoint(this IEndpointRouteBuilder routes) =>
        routes.MapGet("/metrics", async (HttpContext context, CollectorRegistry registry, HttpMetrics metrics, HealthMonitor monitor) =>
        {
            metrics.Observe(await monitor.StatesAsync(context.RequestAborted).ConfigureAwait(false));
            context.Response.ContentType = PrometheusConstants.TextContentType;
            await registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted).ConfigureAwait(false);
        }).AsProbe();
}
