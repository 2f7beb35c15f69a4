using Lucid.Journal;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>Reading the journal: first what an earlier process left, then what this one appends.</summary>
internal sealed partial class MessageBroker
{
    private async Task FollowAsync()
    {
        try
        {
            if (replayEnd == log.FirstIndex)
            {
                replayed.TrySetResult();
            }

            await foreach (var record in log.TailAsync(log.FirstIndex, closing.Token).ConfigureAwait(false))
            {
                Apply(record);
                if (record.Index == replayEnd - 1)
                {
                    replayed.TrySetResult();
                }
            }
        }
        catch (OperationCanceledException) when (closing.IsCancellationRequested)
        {
            replayed.TrySetCanceled();
        }
        catch (Exception problem)
        {
            var broken = new BrokerException($"the broker in '{options.Path}' can no longer read its journal: {problem.Message}", problem);
            failure = broken;
            if (!replayed.TrySetException(broken))
            {
                LogBroken(logger, problem, options.Path);
            }
        }
    }

    /// <summary>Records this process wrote itself change nothing when they are read: every operation may be repeated.</summary>
    private void Apply(JournalRecord record)
    {
        var decoded = BrokerRecord.Decode(record.Payload);
        lock (gate)
        {
            end = record.Index + 1;
            sizes.Enqueue((record.Index, record.Payload.Length));
            if (record.Index < replayEnd)
            {
                Interlocked.Add(ref usedBytes, record.Payload.Length);
            }

            switch (decoded)
            {
                case MessageRecord message:
                    var entry = new TopicEntry(record.Index, message.Time);
                    var topic = TopicOf(message.Topic);
                    if (topic.Groups.Count > 0)
                    {
                        cache.Add(entry, record.Payload);
                    }

                    topic.Add(entry);
                    break;
                case GroupRecord created:
                    TopicOf(created.Topic).GroupOf(created.Group);
                    break;
                case AcknowledgeRecord done:
                    FinishAll(TopicOf(done.Topic).GroupOf(done.Group), done.Indexes);
                    break;
                case CheckpointRecord checkpoint:
                    foreach (var position in checkpoint.Groups)
                    {
                        var group = TopicOf(position.Topic).GroupOf(position.Group);
                        group.FinishBefore(group.Topic.SequenceAtOrAfter(position.Low));
                        FinishAll(group, position.Done);
                    }

                    break;
            }
        }
    }

    private static void FinishAll(ConsumerGroup group, IReadOnlyList<long> indexes)
    {
        foreach (var index in indexes)
        {
            if (group.Topic.SequenceOf(index) is { } sequence)
            {
                group.Finish(sequence);
            }
        }
    }

    [LoggerMessage(3402, LogLevel.Critical, "The broker in {Path} can no longer read its journal; it takes no more messages.")]
    private static partial void LogBroken(ILogger logger, Exception problem, string path);
}
