namespace Lucid.Journal;

/// <summary>The index after the last durable record, and those who wait for it to move.</summary>
internal sealed class DurableEnd(long index)
{
    private readonly Lock _gate = new();
    private List<TaskCompletionSource<bool>> _waiting = [];
    private long _index = index;
    private bool _closed;
    private JournalException? _failure;

    public long Index => Volatile.Read(ref _index);

    public void Advance(long index)
    {
        lock (_gate)
        {
            Volatile.Write(ref _index, index);
        }

        Release(waiting => waiting.TrySetResult(true));
    }

    public void Close(JournalException? failure)
    {
        lock (_gate)
        {
            _closed = true;
            _failure ??= failure;
        }

        Release(waiting => _ = _failure is null ? waiting.TrySetResult(false) : waiting.TrySetException(_failure));
    }

    /// <summary>True when records beyond <paramref name="index"/> are durable, false when none will come because the journal was closed.</summary>
    public async ValueTask<bool> WaitBeyondAsync(long index, CancellationToken cancellationToken)
    {
        while (true)
        {
            TaskCompletionSource<bool> waiting;
            lock (_gate)
            {
                if (_index > index)
                {
                    return true;
                }

                if (_closed)
                {
                    return _failure is null ? false : throw _failure;
                }

                cancellationToken.ThrowIfCancellationRequested();
                waiting = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
                _waiting.Add(waiting);
            }

            await using (cancellationToken.UnsafeRegister(_ => Abandon(waiting, cancellationToken), null))
            {
                await waiting.Task;
            }
        }
    }

    private void Abandon(TaskCompletionSource<bool> waiting, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            _waiting.Remove(waiting);
        }

        waiting.TrySetCanceled(cancellationToken);
    }

    private void Release(Action<TaskCompletionSource<bool>> complete)
    {
        List<TaskCompletionSource<bool>> released;
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                return;
            }

            released = _waiting;
            _waiting = [];
        }

        released.ForEach(complete);
    }
}
