using Lucid.ServiceDefaults.Deadlines;
using Lucid.ServiceDefaults.Description;
using Lucid.ServiceDefaults.Errors;
using Lucid.ServiceDefaults.Health;
using Lucid.ServiceDefaults.Metrics;
using Lucid.ServiceDefaults.Wall;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Scalar.AspNetCore;

namespace Lucid.ServiceDefaults;

public static class LucidApplication
{
    /// <summary>Exit code of a refused start (sysexits EX_CONFIG).</summary>
    public const int ConfigurationExitCode = 78;

    /// <summary>
    /// The request pipeline, in this order: request id, metrics, errors, routing, second wall, deadline, user token, authorization, idempotency; and the
    /// endpoints every service has: <c>/health</c>, <c>/health/live</c>, <c>/health/ready</c>, <c>/metrics</c>, <c>/dapr/subscribe</c>.
    /// Call it once, right after <c>Build</c>.
    /// </summary>
    public static WebApplication UseLucidDefaults(this WebApplication app)
    {
        app.UseMiddleware<RequestIdMiddleware>();
        app.UseMiddleware<HttpMetricsMiddleware>();
        app.UseMiddleware<ErrorMiddleware>();
        app.UseRouting();
        app.UseMiddleware<SecondWallMiddleware>();
        app.UseMiddleware<DeadlineMiddleware>();
        var known = app.Services.GetRequiredService<IServiceProviderIsService>();
        if (known.IsService(typeof(IAuthenticationService)))
        {
            app.UseAuthentication();
        }

        if (known.IsService(typeof(IAuthorizationService)))
        {
            app.UseAuthorization();
        }

        app.UseWhen(context => !context.IsPublic(), inside => inside.UseIdempotency()); // a public listener learns who asks at a step of its own
        app.MapHealth();
        app.MapMetricsEndpoint();
        app.MapSubscribeHandler();
        var runtime = app.Services.GetRequiredService<ServiceRuntime>();
        if (runtime is { Debug: true, IsProduction: false })
        {
            app.MapOpenApi().AsProbe();
            app.MapScalarApiReference().AsProbe();
        }

        return app;
    }

    /// <summary>
    /// Runs until told to stop, or with <c>--healthcheck [--json]</c> asks the running instance, or with <c>--openapi</c> prints what the service
    /// serves (OpenAPI 3.1, JSON). Waits for nothing before it listens. Exit codes: 0 ended or healthy, 1 unhealthy or the port is taken, 78 the configuration is refused (each fault on standard error).
    /// </summary>
    public static async Task<int> RunLucidAsync(this WebApplication app, string[] args)
    {
        if (args.Contains("--healthcheck"))
        {
            return await HealthProbe.RunAsync(app.Services, app.Services.GetRequiredService<ServiceRuntime>(), args.Contains("--json")).ConfigureAwait(false);
        }

        if (ApiDescription.IsAskedFor(args))
        {
            await ApiDescription.WriteAsync(app, Console.Out).ConfigureAwait(false);
            return 0;
        }

        try
        {
            app.Services.GetRequiredService<StartupFaults>().ThrowIfAny();
            await app.RunAsync().ConfigureAwait(false);
            return 0;
        }
        catch (LucidConfigurationException e)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ConfigurationExitCode;
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            await Console.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return 1;
        }
    }
}
