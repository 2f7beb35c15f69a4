namespace Lucid.Sidecar.Actors;

/// <summary>Everything one engine does later, on one timer: a heap of due times.</summary>
internal sealed class TimerHeap : IAsyncDisposable
{
    /// <summary>The longest sleep, so that a step of the wall clock delays nothing for long.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromMinutes(1);

    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private readonly PriorityQueue<Entry, (DateTimeOffset Due, long Order)> heap = new();
    private readonly HashSet<Task> running = [];
    private readonly ITimer timer;
    private long order;
    private int cancelled;
    private bool stopped;

    public TimerHeap(TimeProvider time)
    {
        this.time = time;
        timer = time.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Runs <paramref name="action"/> at <paramref name="due"/>, or as soon as possible if that has passed. The action must not throw.</summary>
    public Entry Schedule(DateTimeOffset due, Func<Task> action)
    {
        var entry = new Entry(action);
        lock (gate)
        {
            if (!stopped)
            {
                heap.Enqueue(entry, (due, order++));
                Arm();
            }
        }

        return entry;
    }

    /// <summary>False when it has run, runs or was cancelled before.</summary>
    public bool Cancel(Entry? entry)
    {
        lock (gate)
        {
            if (entry is not { Action: not null })
            {
                return false;
            }

            entry.Action = null;
            if (++cancelled > 64 + (heap.Count / 2))
            {
                Compact();
            }

            return true;
        }
    }

    /// <summary>Nothing fires any more; waits for what is running.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] unfinished;
        lock (gate)
        {
            stopped = true;
            heap.Clear();
            unfinished = [.. running];
        }

        await timer.DisposeAsync();
        await Task.WhenAll(unfinished);
    }

    private void Wake()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            while (!stopped && heap.TryPeek(out var entry, out var at) && (at.Due <= now || entry.Action is null))
            {
                heap.Dequeue();
                if (entry.Action is null)
                {
                    cancelled--;
                    continue;
                }

                var action = entry.Action;
                entry.Action = null;
                var task = Task.Run(action);
                running.Add(task);
                task.ContinueWith(Forget, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            }

            Arm();
        }
    }

    private void Forget(Task task)
    {
        lock (gate)
        {
            running.Remove(task);
        }
    }

    private void Arm()
    {
        if (stopped || !heap.TryPeek(out _, out var next))
        {
            return;
        }

        var wait = next.Due - time.GetUtcNow();
        var sleep = wait > LongestSleep ? LongestSleep : TimeSpan.FromMilliseconds(Math.Max(0, Math.Ceiling(wait.TotalMilliseconds)));
        timer.Change(sleep, Timeout.InfiniteTimeSpan);
    }

    private void Compact()
    {
        var live = heap.UnorderedItems.Where(item => item.Element.Action is not null).ToArray();
        heap.Clear();
        heap.EnqueueRange(live);
        cancelled = 0;
    }

    internal sealed class Entry(Func<Task> action)
    {
        /// <summary>Null once it has run or was cancelled.</summary>
        public Func<Task>? Action { get; set; } = action;
    }
}
