using Lucid.Journal;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>Room: what may be removed, and what happens when nothing may.</summary>
internal sealed partial class MessageBroker
{
    /// <summary>
    /// Removes records that nobody needs: messages that all known groups have finished and that are older than the retention,
    /// or, when <paramref name="pressed"/> for room, of any age. A topic without groups keeps its messages for the retention.
    /// </summary>
    internal async Task CollectAsync(bool pressed, CancellationToken cancellationToken)
    {
        await collecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long needed;
            CheckpointRecord checkpoint;
            lock (gate)
            {
                needed = OldestNeeded(pressed);
                if (BytesBefore(needed) < (pressed ? 1 : options.SegmentBytes))
                {
                    return;
                }

                foreach (var topic in topics.Values)
                {
                    topic.RemoveBefore(needed);
                }

                checkpoint = new CheckpointRecord([.. topics.Values.SelectMany(topic => topic.Groups.Values).Select(group => group.Position(end))]);
            }

            // Positions first: the acknowledgements about to be removed are known from the checkpoint only.
            await AppendAsync(checkpoint.Encode(), cancellationToken).ConfigureAwait(false);
            var first = log.TruncateHead(needed);
            lock (gate)
            {
                while (sizes.TryPeek(out var oldest) && oldest.Index < first)
                {
                    Interlocked.Add(ref usedBytes, -sizes.Dequeue().Size);
                }
            }
        }
        finally
        {
            collecting.Release();
        }
    }

    private async Task EnsureRoomAsync(CancellationToken cancellationToken)
    {
        if (failure is not null)
        {
            throw new BrokerException(failure.Message, failure);
        }

        if (IsFull)
        {
            await CollectAsync(pressed: true, cancellationToken).ConfigureAwait(false);
            if (IsFull)
            {
                throw new BrokerException(WhoHoldsTheRoom());
            }
        }
    }

    private bool IsFull => Interlocked.Read(ref usedBytes) + Interlocked.Read(ref reservedBytes) > options.MaxBytes;

    private async Task CollectFromTimeToTimeAsync()
    {
        using var timer = new PeriodicTimer(CollectInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(closing.Token).ConfigureAwait(false))
            {
                try
                {
                    await CollectAsync(pressed: false, closing.Token).ConfigureAwait(false);
                }
                catch (Exception problem) when (problem is JournalException or IOException)
                {
                    LogNotCollected(logger, problem, options.Path);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The broker closes.
        }
    }

    private long OldestNeeded(bool pressed)
    {
        var cutoff = (time.GetUtcNow() - options.Retention).ToUnixTimeMilliseconds();
        return topics.Values.Select(topic => topic.OldestNeeded(cutoff, pressed)).Min() ?? end;
    }

    private long BytesBefore(long index)
    {
        var bytes = 0L;
        foreach (var (recorded, size) in sizes)
        {
            if (recorded >= index)
            {
                break;
            }

            bytes += size;
        }

        return bytes;
    }

    private string WhoHoldsTheRoom()
    {
        lock (gate)
        {
            var oldest = topics.Values
                .Select(topic => (Topic: topic, Index: topic.OldestNeeded(long.MinValue, pressed: true)))
                .Where(held => held.Index is not null)
                .MinBy(held => held.Index).Topic;
            var holder = oldest is null ? "" : oldest.Groups.Count == 0
                ? $" The oldest message is on topic {oldest.Name}, which nobody has subscribed to; it is kept for {options.Retention}."
                : $" The oldest message is on topic {oldest.Name}; {oldest.Groups.Values.MinBy(group => group.Low)!.Name} has not taken it.";
            return $"the broker in '{options.Path}' holds {Interlocked.Read(ref usedBytes)} bytes of at most {options.MaxBytes} and takes no more.{holder} Start that subscriber, or raise maxBytes.";
        }
    }

    [LoggerMessage(3403, LogLevel.Error, "Old messages of the broker in {Path} could not be removed.")]
    private static partial void LogNotCollected(ILogger logger, Exception problem, string path);
}
