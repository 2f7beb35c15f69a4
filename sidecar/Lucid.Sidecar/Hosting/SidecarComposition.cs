using Lucid.Sidecar.Health;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Metadata;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Hosting;

/// <summary>The one place where the parts of a sidecar are put together; a new engine is wired here and nowhere else.</summary>
internal static class SidecarComposition
{
    public static IResiliency Resiliency(SidecarOptions options, ResourceSet resources, TimeProvider time) => new PassThroughResiliency();

    /// <summary>Makes the engines of one sidecar; nothing is started yet.</summary>
    public static ValueTask<SidecarParts> ComposeAsync(SidecarContext context, InvocationEngine invocation, CancellationToken cancellationToken)
    {
        var parts = new SidecarParts
        {
            Metadata = new MetadataSources { Components = () => Components(context) },
        };
        return ValueTask.FromResult(parts);
    }

    /// <summary>Endpoints that every sidecar has, whatever its components.</summary>
    public static void MapOwn(IEndpointRouteBuilder routes, SidecarContext context, HealthState health, MetadataEngine metadata, Action shutdown)
    {
        HealthHttpApi.Map(routes, health, context.Options.AppId);
        MetadataHttpApi.Map(routes, metadata);
        routes.MapPost("/v1.0/shutdown", http =>
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            http.Response.OnCompleted(() =>
            {
                shutdown();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        UnbuiltApis.Map(routes);
    }

    private static LoadedComponent[] Components(SidecarContext context) =>
    [
        .. context.Resources.Components
            .Where(component => component.Scopes.Count == 0 || component.Scopes.Contains(context.Options.AppId))
            .Where(component => component.Namespace is null || component.Namespace == context.Options.Namespace)
            .Select(component => new LoadedComponent(component.Name, component.Type, component.Version, [])),
    ];
}
