namespace Lucid.Sidecar.Health;

/// <summary>How far a sidecar has come. Outbound: its API answers and components are open. Ready: the app listens and has been initialised.</summary>
public sealed class HealthState
{
    private readonly TaskCompletionSource firstReady = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool outbound;
    private volatile bool ready;

    public bool IsOutboundReady => outbound;
    public bool IsReady => ready;

    /// <summary>Completes when the sidecar has been ready for the first time; fails when it stops before.</summary>
    public Task FirstReady => firstReady.Task;

    internal void SetOutboundReady() => outbound = true;

    internal void SetReady(bool value)
    {
        ready = value;
        if (value)
        {
            firstReady.TrySetResult();
        }
    }

    internal void Stop()
    {
        outbound = false;
        ready = false;
        firstReady.TrySetCanceled();
    }
}
