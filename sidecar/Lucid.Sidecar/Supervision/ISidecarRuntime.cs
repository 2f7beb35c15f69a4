using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Supervision;

public interface ISidecarRuntime : IAsyncDisposable
{
    Task<IRunningSidecar> StartAsync(SidecarOptions options, ResourceSet resources, CancellationToken cancellationToken);
}

public interface IRunningSidecar : IAsyncDisposable
{
    string AppId { get; }
    Task Ready { get; }
    Task NotifyAppRestartedAsync(CancellationToken cancellationToken);
    Task StopAsync(CancellationToken cancellationToken);
}
