namespace Lucid.ServiceDefaults.Entities;

/// <summary>Group commit: items that arrive while a write is under way go out together with the next one. One write at a time.</summary>
internal sealed class Coalescer<TItem>(Func<IReadOnlyList<TItem>, CancellationToken, Task> write)
{
    private readonly Lock _gate = new();
    private Batch? _waiting;
    private bool _running;

    /// <summary>Done when the write that holds the item is. Giving up waiting does not take the item back.</summary>
    public Task AddAsync(TItem item, CancellationToken cancellationToken)
    {
        Batch batch;
        bool lead;
        lock (_gate)
        {
            batch = _waiting ??= new Batch();
            batch.Items.Add(item);
            lead = !_running;
            _running = true;
        }

        if (lead)
        {
            _ = RunAsync(); // ends by itself when nothing waits; its failures go to those who wait
        }

        return batch.Done.Task.WaitAsync(cancellationToken);
    }

    private async Task RunAsync()
    {
        while (true)
        {
            Batch batch;
            lock (_gate)
            {
                if (_waiting is null)
                {
                    _running = false;
                    return;
                }

                (batch, _waiting) = (_waiting, null);
            }

            try
            {
                await write(batch.Items, CancellationToken.None).ConfigureAwait(false);
                batch.Done.SetResult();
            }
            catch (Exception e)
            {
                batch.Done.SetException(e);
            }
        }
    }

    private sealed class Batch
    {
        public List<TItem> Items { get; } = [];

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
