using System.Text.Json;
using Lucid.ServiceDefaults.Health;
using Lucid.ServiceDefaults.Wall;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Lucid.ServiceDefaults;

public static class HealthExtensions
{
    /// <summary>Adds something this service needs to its health answers.</summary>
    public static IServiceCollection AddDependencyCheck<TCheck>(this IServiceCollection services) where TCheck : class, IDependencyCheck
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IDependencyCheck, TCheck>());
        return services;
    }

    /// <inheritdoc cref="AddDependencyCheck{TCheck}(IServiceCollection)"/>
    public static IServiceCollection AddDependencyCheck(
        this IServiceCollection services, string name, bool critical, Func<IServiceProvider, CancellationToken, Task<bool>> isUp) =>
        services.AddSingleton<IDependencyCheck>(provider => new DelegateCheck(name, critical, provider, isUp));

    internal static void AddLucidHealth(this IServiceCollection services)
    {
        services.AddSingleton<HealthMonitor>();
        services.AddDependencyCheck<SidecarCheck>();
    }

    internal static void MapHealth(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", async (HttpContext context, HealthMonitor monitor) =>
            await AnswerAsync(context, await monitor.CheckAsync(context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false)).AsProbe();
        routes.MapGet("/health/ready", async (HttpContext context, HealthMonitor monitor) =>
            await AnswerAsync(context, await monitor.CheckAsync(context.RequestAborted).ConfigureAwait(false)).ConfigureAwait(false)).AsProbe();
        routes.MapGet("/health/live", (HttpContext context, HealthMonitor monitor) => AnswerAsync(context, monitor.Live())).AsProbe();
    }

    private static Task AnswerAsync(HttpContext context, HealthReport report)
    {
        context.Response.StatusCode = report.Status == HealthStates.Unhealthy ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK;
        context.Response.Headers.CacheControl = "no-store";
        return context.Response.WriteAsJsonAsync(report, JsonDefaults.Tolerant, context.RequestAborted);
    }

    private sealed class DelegateCheck(string name, bool critical, IServiceProvider provider, Func<IServiceProvider, CancellationToken, Task<bool>> isUp) : IDependencyCheck
    {
        public string Name => name;

        public bool Critical => critical;

        public Task<bool> IsUpAsync(CancellationToken cancellationToken) => isUp(provider, cancellationToken);
    }
}
