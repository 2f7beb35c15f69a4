using System.Collections.Concurrent;

namespace Lucid.Sidecar.Actors;

internal enum ReminderFiring
{
    Ordinary,

    /// <summary>The actor wants no more, or nobody wants it any more.</summary>
    Last,
}

/// <summary>One type's reminders while they are kept here.</summary>
internal sealed class ReminderKeeping(string type)
{
    private readonly Lock gate = new();
    private readonly TaskCompletionSource finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int running;

    public string Type => type;
    public ReminderBucket[] Buckets { get; } = [.. Enumerable.Range(0, ReminderStore.Buckets).Select(number => new ReminderBucket(number))];

    /// <summary>Nothing may begin to fire any more.</summary>
    public bool IsQuiet { get; set; }

    public bool TryBegin()
    {
        lock (gate)
        {
            running += IsQuiet ? 0 : 1;
            return !IsQuiet;
        }
    }

    public void End()
    {
        lock (gate)
        {
            running--;
            if (running == 0 && IsQuiet)
            {
                finished.TrySetResult();
            }
        }
    }

    /// <summary>Ends when nothing is being fired; only after it has been made quiet.</summary>
    public Task FinishAsync()
    {
        lock (gate)
        {
            return running == 0 ? Task.CompletedTask : finished.Task;
        }
    }
}

internal sealed class ReminderBucket(int number)
{
    public int Number => number;

    /// <summary>Held by whoever reads or writes the bucket's keys.</summary>
    public SemaphoreSlim Gate { get; } = new(1);
    public ConcurrentDictionary<(string Id, string Name), ReminderEntry> Entries { get; } = new();
    public bool IsLoaded { get; set; }

    /// <summary>Another engine may write the keys now.</summary>
    public bool IsClosed { get; set; }
}

internal sealed class ReminderEntry(Reminder reminder)
{
    public Reminder Reminder { get; set; } = reminder;
    public TimerHeap.Entry? Waiting { get; set; }

    /// <summary>Tries of the coming firing that failed.</summary>
    public int Failures { get; set; }

    /// <summary>How the firing ended that is not written down yet.</summary>
    public ReminderFiring? Done { get; set; }
}
