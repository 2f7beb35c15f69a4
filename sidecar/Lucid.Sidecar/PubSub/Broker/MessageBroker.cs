using Lucid.Journal;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>
/// A durable broker for the apps of one host. Messages, acknowledgements and groups are records of one journal, so that all
/// share its fsyncs; what is in memory is derived by reading the journal from its beginning and then following it. A published
/// message becomes visible by that same reading, hence in journal order and never before it is durable.
/// Delivery is at least once: what is not acknowledged when the process dies is delivered again.
/// </summary>
internal sealed partial class MessageBroker : IAsyncDisposable
{
    private const long CacheBytes = 16 << 20;
    private static readonly TimeSpan CollectInterval = TimeSpan.FromMinutes(1);

    private readonly Lock gate = new();
    private readonly SegmentedLog log;
    private readonly BrokerOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly AcknowledgementWriter acknowledgements;
    private readonly CancellationTokenSource closing = new();
    private readonly SemaphoreSlim collecting = new(1);
    private readonly TaskCompletionSource replayed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<string, TopicLog> topics = new(StringComparer.Ordinal);
    private readonly Queue<(long Index, int Size)> sizes = new();
    private readonly RecordCache cache = new(CacheBytes);
    private readonly long replayEnd;
    private Task tail = Task.CompletedTask;
    private Task collector = Task.CompletedTask;
    private Exception? failure;
    private long end;
    private long usedBytes;
    private long reservedBytes;

    private MessageBroker(SegmentedLog log, BrokerOptions options, TimeProvider time, ILogger logger)
    {
        this.log = log;
        this.options = options;
        this.time = time;
        this.logger = logger;
        acknowledgements = new AcknowledgementWriter(record => AppendAsync(record.Encode(), CancellationToken.None), time, logger);
        end = log.FirstIndex;
        replayEnd = log.EndIndex;
    }

    public BrokerOptions Options => options;

    /// <exception cref="BrokerException">Another process has the folder, or the journal is damaged.</exception>
    public static async Task<MessageBroker> OpenAsync(
        BrokerOptions options, TimeProvider time, ILogger logger, CancellationToken cancellationToken, IJournalFileSystem? files = null)
    {
        SegmentedLog log;
        try
        {
            log = await SegmentedLog.OpenAsync(options.Path, options.Journal(files ?? PhysicalFileSystem.Instance), cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException problem) when (problem.Failure is JournalFailure.Locked)
        {
            throw new BrokerException(
                $"the broker in '{options.Path}' is in use by another process. In this version the apps that share it must run under one lucid-sidecar process (lucid-sidecar run)", problem);
        }
        catch (JournalException problem)
        {
            throw new BrokerException($"the broker in '{options.Path}' cannot be opened: {problem.Message}", problem);
        }

        var broker = new MessageBroker(log, options, time, logger);
        broker.tail = broker.FollowAsync();
        try
        {
            await broker.replayed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await broker.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        broker.collector = broker.CollectFromTimeToTimeAsync();
        return broker;
    }

    /// <summary>Returns when the message is durable.</summary>
    /// <exception cref="BrokerException">Too large, no room, or the journal failed.</exception>
    public async Task PublishAsync(string topic, PubSubMessage message, CancellationToken cancellationToken)
    {
        var record = new MessageRecord(topic, time.GetUtcNow().ToUnixTimeMilliseconds(), message).Encode();
        var limit = options.Journal(PhysicalFileSystem.Instance).MaxRecordBytes;
        if (record.Length > limit)
        {
            throw new BrokerException($"a message of {message.Data.Length} bytes is too large; with its metadata it may have {limit}");
        }

        Interlocked.Add(ref reservedBytes, record.Length);
        try
        {
            await EnsureRoomAsync(cancellationToken).ConfigureAwait(false);
            await AppendAsync(record, cancellationToken).ConfigureAwait(false);
        }
        catch (JournalException problem)
        {
            throw new BrokerException(problem.Message, problem);
        }
        finally
        {
            Interlocked.Add(ref reservedBytes, -record.Length);
        }
    }

    /// <summary>
    /// Joins a group of a topic and delivers to <paramref name="handler"/>. A group that is new gets every message still kept,
    /// and from then on none is removed that it has not finished.
    /// </summary>
    public async Task<BrokerSubscription> SubscribeAsync(
        string topic, string group, SubscriptionSettings settings, PubSubHandler handler, CancellationToken cancellationToken)
    {
        ConsumerGroup joined;
        bool isNew;
        lock (gate)
        {
            var target = TopicOf(topic);
            isNew = !target.Groups.ContainsKey(group);
            joined = target.GroupOf(group);
        }

        if (isNew)
        {
            try
            {
                await AppendAsync(new GroupRecord(topic, group).Encode(), cancellationToken).ConfigureAwait(false);
            }
            catch (JournalException problem)
            {
                throw new BrokerException(problem.Message, problem);
            }
        }

        return new BrokerSubscription(this, joined, settings, handler, logger, closing.Token);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync().ConfigureAwait(false);
        await collector.ConfigureAwait(false);
        await acknowledgements.DisposeAsync().ConfigureAwait(false);
        await tail.ConfigureAwait(false);
        await log.DisposeAsync().ConfigureAwait(false);
        collecting.Dispose();
        closing.Dispose();
    }

    /// <summary>Waits for a message the group may deliver now.</summary>
    internal async Task<(long Sequence, TopicEntry Entry)> TakeAsync(ConsumerGroup group, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Task changed;
            long? due;
            lock (gate)
            {
                if (group.TryTake(Now, out var sequence, out due))
                {
                    return (sequence, group.Topic[sequence]);
                }

                changed = group.Topic.Changed.Next;
            }

            if (due is not { } ticks)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
                continue;
            }

            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(changed, Task.Delay(TimeSpan.FromTicks(Math.Max(1, ticks - Now)), time, over.Token)).ConfigureAwait(false);
            await over.CancelAsync().ConfigureAwait(false);
        }
    }

    internal async Task<PubSubMessage> LoadAsync(TopicEntry entry, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> record;
        lock (gate)
        {
            record = entry.Cached;
        }

        if (record.IsEmpty)
        {
            var read = await log.GetAsync(entry.Index, cancellationToken).ConfigureAwait(false);
            record = read?.Payload ?? throw new BrokerException($"record {entry.Index} of the broker's journal is missing");
        }

        return ((MessageRecord)BrokerRecord.Decode(record)).Message;
    }

    internal void Finish(ConsumerGroup group, long sequence)
    {
        long index;
        lock (gate)
        {
            index = group.Topic[sequence].Index;
            group.Finish(sequence);
        }

        acknowledgements.Add(group, index);
    }

    /// <summary>The message was not tried: it is delivered again after <paramref name="pause"/>.</summary>
    internal void Return(ConsumerGroup group, long sequence, TimeSpan pause)
    {
        lock (gate)
        {
            group.Return(sequence, Now + pause.Ticks);
        }
    }

    internal int CountFailure(ConsumerGroup group, long sequence)
    {
        lock (gate)
        {
            return group.CountFailure(sequence);
        }
    }

    /// <summary>Every append goes through here, so that the room it takes is known before its record is read back.</summary>
    private async Task AppendAsync(byte[] record, CancellationToken cancellationToken)
    {
        await log.AppendAsync(record, cancellationToken).ConfigureAwait(false);
        Interlocked.Add(ref usedBytes, record.Length);
    }

    private long Now => time.GetUtcNow().UtcTicks;

    private TopicLog TopicOf(string name)
    {
        if (!topics.TryGetValue(name, out var topic))
        {
            topic = new TopicLog(name);
            topics.Add(name, topic);
        }

        return topic;
    }
}
