using System.Text.Json.Serialization;
using Lucid.Contracts.Access;
using Lucid.ServiceDefaults.Clients;
using Lucid.ServiceDefaults.Description;
using Lucid.ServiceDefaults.Errors;
using Lucid.ServiceDefaults.Health;
using Lucid.ServiceDefaults.Metrics;
using Lucid.ServiceDefaults.Wall;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Lucid.ServiceDefaults;

/// <summary>Where every Lucid service begins.</summary>
public static class LucidService
{
    /// <summary>Largest request body a service accepts unless an endpoint says otherwise: 10 MiB (DESIGN §3).</summary>
    public const long MaxRequestBody = 10 << 20;

    /// <summary>
    /// A builder with everything a service does like all others: Kestrel on <c>PORT</c>, logging, JSON, errors, health, metrics, traces
    /// (with <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>), the Dapr client, and the second wall. Configuration faults are gathered and stop the start.
    /// </summary>
    /// <param name="appId">A Dapr app-id of the service table.</param>
    public static WebApplicationBuilder CreateBuilder(string[] args, string appId)
    {
        var service = ServiceTable.Get(appId);
        var builder = WebApplication.CreateSlimBuilder(args);
        var faults = new StartupFaults(appId);
        var runtime = ServiceRuntime.Read(service, builder.Configuration, faults.Add);
        builder.Environment.ApplicationName = appId;
        builder.AddLucidLogging(faults.Add);

        var services = builder.Services;
        services.AddSingleton(faults);
        services.AddHostedService(provider => provider.GetRequiredService<StartupFaults>());
        services.AddSingleton(runtime);
        services.AddSingleton(TimeProvider.System);
        services.AddHttpContextAccessor();
        services.ConfigureHttpJsonOptions(json => JsonDefaults.Apply(json.SerializerOptions));
        services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(20));
        services.AddDaprClient();
        services.AddLucidClients();
        services.AddLucidHealth();
        services.AddLucidMetrics(runtime);
        services.AddLucidTracing(builder.Configuration, runtime);
        services.AddSingleton<AllowRules>(AllowMatrix.For);
        services.AddSingleton<SecondWall>();
        services.AddSingleton<ErrorWriter>();
        services.AddSingleton<SecretReader>();
        if (runtime is { Debug: true, IsProduction: false } || ApiDescription.IsAskedFor(args))
        {
            services.AddOpenApi(ApiDescription.Configure);
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;
            kestrel.Listen(runtime.ListenAddress, runtime.SidecarFacingPort, listen => listen.Protocols = HttpProtocols.Http1);
        });
        return builder;
    }
}
