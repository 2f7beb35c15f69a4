using Lucid.Sidecar.Metadata;

namespace Lucid.Sidecar.Hosting;

/// <summary>What the composition hands to the host: how each part of a sidecar is mapped, started and stopped.</summary>
internal sealed class SidecarParts
{
    /// <summary>Services the gRPC endpoints are made from.</summary>
    public List<Action<IServiceCollection>> Services { get; } = [];

    /// <summary>Endpoints of the HTTP API, subject to the API lists.</summary>
    public List<Action<IEndpointRouteBuilder>> HttpRoutes { get; } = [];

    /// <summary>Endpoints of the gRPC port.</summary>
    public List<Action<IEndpointRouteBuilder>> GrpcRoutes { get; } = [];

    /// <summary>Started once before the listeners, in order (components); stopped last, in reverse.</summary>
    public List<SidecarPart> BeforeListeners { get; } = [];

    /// <summary>Started each time the app is up and healthy, in order (configuration, subscriptions, actors); stopped in reverse when it no longer is.</summary>
    public List<SidecarPart> WithApp { get; } = [];

    /// <summary>Disposed with the sidecar, in reverse.</summary>
    public List<IAsyncDisposable> Owned { get; } = [];

    /// <summary>Called when the app's process is known to be a new one, before the parts that need it are stopped.</summary>
    public List<Action> AppReplaced { get; } = [];

    public MetadataSources Metadata { get; set; } = new();

    /// <summary>Gets the metadata engine once it exists.</summary>
    public MetadataAdapter? GrpcMetadata { get; init; }
}

/// <param name="Name">For the log.</param>
internal sealed record SidecarPart(string Name, Func<CancellationToken, Task> Start, Func<CancellationToken, Task> Stop);
