using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Supervision;

/// <summary>Runs sidecars inside this process; the supervisor asks for one per app.</summary>
public interface ISidecarRuntime : IAsyncDisposable
{
    /// <summary>Returns when the sidecar's API answers (outbound health).</summary>
    Task<IRunningSidecar> StartAsync(SidecarOptions options, ResourceSet resources, CancellationToken cancellationToken);
}

/// <summary>One sidecar. It lives on when its app exits.</summary>
public interface IRunningSidecar : IAsyncDisposable
{
    string AppId { get; }

    /// <summary>Completes when <c>/v1.0/healthz</c> answers 204 for the first time.</summary>
    Task Ready { get; }

    /// <summary>Whether <c>/v1.0/healthz</c> answers 204 now.</summary>
    bool IsReady { get; }

    /// <summary>
    /// The app's process has ended or is a new one: what was tied to the old one is stopped. The sidecar is not ready until the app's port
    /// answers and <c>/dapr/config</c> and <c>/dapr/subscribe</c> have been read again.
    /// </summary>
    Task NotifyAppRestartedAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The app is about to end: messages, reminders and actor calls no longer reach it, those it works on may end, its actors are deactivated.
    /// The API goes on answering, for what the app still has to say.
    /// </summary>
    Task StopDeliveryAsync(CancellationToken cancellationToken);

    Task StopAsync(CancellationToken cancellationToken);
}
