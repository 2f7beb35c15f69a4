namespace Lucid.Sidecar.PubSub;

/// <summary>Runs handlers of one subscription, at most so many at once, and knows when all have returned.</summary>
internal sealed class HandlerSlots(int concurrency) : IDisposable
{
    private readonly SemaphoreSlim free = new(concurrency);

    /// <summary>Waits for a free slot; the caller then runs something in it or gives it back.</summary>
    public Task EnterAsync(CancellationToken cancellationToken) => free.WaitAsync(cancellationToken);

    public bool TryEnter() => free.Wait(0);

    public void Leave() => free.Release();

    /// <summary>Runs <paramref name="work"/>, which handles its own failures, in the slot entered before.</summary>
    public void Run(Func<Task> work) => _ = Task.Run(async () =>
    {
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            free.Release();
        }
    });

    /// <summary>Returns when no handler runs; nothing may be entered any more.</summary>
    public async Task DrainAsync()
    {
        for (var i = 0; i < concurrency; i++)
        {
            await free.WaitAsync().ConfigureAwait(false);
        }
    }

    public void Dispose() => free.Dispose();
}
