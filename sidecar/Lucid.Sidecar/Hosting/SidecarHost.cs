using Lucid.Sidecar.Components;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Supervision;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Options;

namespace Lucid.Sidecar.Hosting;

/// <summary>Runs the sidecars of many apps in one process. They find each other in its directory and share its transport and resources.</summary>
public sealed class SidecarHost : ISidecarRuntime
{
    private readonly List<RunningSidecar> sidecars = [];
    private readonly Lock gate = new();

    public SidecarHost(SidecarHostOptions options)
    {
        Options = options;
        Transport = new SocketTransportFactory(Microsoft.Extensions.Options.Options.Create(new SocketTransportOptions()), options.Loggers);
    }

    internal SidecarHostOptions Options { get; }

    internal SidecarDirectory Directory { get; } = new();

    internal SharedResources Shared { get; } = new();

    internal IConnectionListenerFactory Transport { get; }

    /// <summary>Opens components and ports and returns; waiting for the app goes on in the background, see <see cref="IRunningSidecar.Ready"/>.</summary>
    /// <exception cref="ResourceException">A resource cannot be used.</exception>
    /// <exception cref="IOException">A port is taken.</exception>
    public async Task<IRunningSidecar> StartAsync(SidecarOptions options, ResourceSet resources, CancellationToken cancellationToken)
    {
        var sidecar = await RunningSidecar.StartAsync(this, options, resources, cancellationToken).ConfigureAwait(false);
        lock (gate)
        {
            sidecars.Add(sidecar);
        }

        return sidecar;
    }

    public async ValueTask DisposeAsync()
    {
        RunningSidecar[] running;
        lock (gate)
        {
            running = [.. sidecars];
            sidecars.Clear();
        }

        await Task.WhenAll(running.Select(sidecar => sidecar.DisposeAsync().AsTask())).ConfigureAwait(false);
        await Shared.DisposeAsync().ConfigureAwait(false);
    }
}
