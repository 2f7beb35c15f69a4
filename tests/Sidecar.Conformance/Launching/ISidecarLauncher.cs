namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>A Dapr runtime under test. Every statement must hold under each of them, unless <see cref="NotMet"/> says why not.</summary>
public interface ISidecarLauncher : IAsyncDisposable
{
    /// <summary>Starts a sidecar and waits until its outbound health is ready; the app may come later.</summary>
    Task<ISidecar> StartAsync(SidecarSpec spec, CancellationToken cancellationToken);
}

/// <summary>A running sidecar. Disposing it ends it: in order when it is embedded, by killing its process otherwise.</summary>
public interface ISidecar : IAsyncDisposable
{
    SidecarSpec Spec { get; }
}
