namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>What a group has finished of a topic, what it works on and what it will get again. Guarded by the broker's lock.</summary>
internal sealed class ConsumerGroup(TopicLog topic, string name)
{
    private readonly HashSet<long> finished = [];
    private readonly PriorityQueue<long, long> again = new();
    private readonly Dictionary<long, int> failures = [];
    private long fresh = topic.FirstSequence;

    public TopicLog Topic => topic;

    public string Name => name;

    /// <summary>Every message before this sequence is finished.</summary>
    public long Low { get; private set; } = topic.FirstSequence;

    /// <summary>The next message to deliver: one whose pause is over before one that was never tried.</summary>
    /// <param name="now">Ticks of the clock.</param>
    /// <param name="due">When nothing is ready: the ticks at which the next pause is over, if any.</param>
    public bool TryTake(long now, out long sequence, out long? due)
    {
        due = null;
        if (again.TryPeek(out sequence, out var ready))
        {
            if (ready <= now)
            {
                again.Dequeue();
                return true;
            }

            due = ready;
        }

        while (fresh < topic.EndSequence)
        {
            sequence = fresh++;
            if (sequence >= Low && !finished.Contains(sequence))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>False when the message was finished before.</summary>
    public bool Finish(long sequence)
    {
        if (sequence < Low || !finished.Add(sequence))
        {
            return false;
        }

        failures.Remove(sequence);
        while (finished.Remove(Low))
        {
            Low++;
        }

        return true;
    }

    /// <summary>Everything before <paramref name="sequence"/> is finished.</summary>
    public void FinishBefore(long sequence)
    {
        for (var each = Low; each < sequence; each++)
        {
            Finish(each);
        }
    }

    /// <summary>The message is delivered again from <paramref name="due"/> (ticks) on.</summary>
    public void Return(long sequence, long due)
    {
        again.Enqueue(sequence, due);
        topic.Changed.Pulse();
    }

    /// <summary>Counts a failed attempt and returns how many there were.</summary>
    public int CountFailure(long sequence) => failures[sequence] = failures.GetValueOrDefault(sequence) + 1;

    /// <param name="end">Journal index after the last record the broker has read.</param>
    public GroupPosition Position(long end) => new(
        topic.Name, name, Low < topic.EndSequence ? topic[Low].Index : end, [.. finished.Select(sequence => topic[sequence].Index).Order()]);
}
