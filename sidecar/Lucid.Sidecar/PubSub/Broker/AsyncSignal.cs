namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>Wakes everybody who waits; the caller's lock orders <see cref="Next"/> and <see cref="Pulse"/>.</summary>
internal sealed class AsyncSignal
{
    private TaskCompletionSource source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes at the next pulse.</summary>
    public Task Next => source.Task;

    public void Pulse()
    {
        var waiting = source;
        source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        waiting.SetResult();
    }
}
