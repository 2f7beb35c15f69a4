namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>The kept messages of a topic in journal order, numbered by a sequence that lives as long as the process. Guarded by the broker's lock.</summary>
internal sealed class TopicLog(string name)
{
    private readonly List<TopicEntry> entries = [];

    public string Name => name;

    public Dictionary<string, ConsumerGroup> Groups { get; } = new(StringComparer.Ordinal);

    /// <summary>Pulsed when a message arrived or one became free to be delivered again.</summary>
    public AsyncSignal Changed { get; } = new();

    public long FirstSequence { get; private set; }

    public long EndSequence => FirstSequence + entries.Count;

    public TopicEntry this[long sequence] => entries[(int)(sequence - FirstSequence)];

    public void Add(TopicEntry entry)
    {
        entries.Add(entry);
        Changed.Pulse();
    }

    public ConsumerGroup GroupOf(string group)
    {
        if (!Groups.TryGetValue(group, out var found))
        {
            found = new ConsumerGroup(this, group);
            Groups.Add(group, found);
        }

        return found;
    }

    /// <summary>Sequence of the first message at or after a journal index.</summary>
    public long SequenceAtOrAfter(long index)
    {
        var low = 0;
        var high = entries.Count;
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (entries[middle].Index < index)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return FirstSequence + low;
    }

    /// <summary>Sequence of the message with exactly this journal index; null when it is not kept.</summary>
    public long? SequenceOf(long index)
    {
        var sequence = SequenceAtOrAfter(index);
        return sequence < EndSequence && this[sequence].Index == index ? sequence : null;
    }

    /// <summary>
    /// Journal index of the oldest message that must be kept: one that a group has not finished, or that is younger than
    /// <paramref name="cutoff"/> (not looked at when groups exist and <paramref name="pressed"/>). Null when none must.
    /// </summary>
    public long? OldestNeeded(long cutoff, bool pressed)
    {
        var sequence = FirstSequence;
        var finished = Groups.Count == 0 ? EndSequence : Groups.Values.Min(group => group.Low);
        while (sequence < finished && ((pressed && Groups.Count > 0) || this[sequence].Time < cutoff))
        {
            sequence++;
        }

        return sequence < EndSequence ? this[sequence].Index : null;
    }

    public void RemoveBefore(long index)
    {
        var removed = (int)(SequenceAtOrAfter(index) - FirstSequence);
        entries.RemoveRange(0, removed);
        FirstSequence += removed;
    }
}
