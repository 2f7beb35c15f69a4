using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>One replica of a group: takes messages while it has free slots, and says what became of each.</summary>
internal sealed partial class BrokerSubscription : IAsyncDisposable
{
    private const int LargestBackoff = 12;

    private readonly MessageBroker broker;
    private readonly ConsumerGroup group;
    private readonly SubscriptionSettings settings;
    private readonly PubSubHandler handler;
    private readonly ILogger logger;
    private readonly HandlerSlots slots;
    private readonly CancellationTokenSource stop;
    private readonly Task pump;
    private int disposed;

    public BrokerSubscription(
        MessageBroker broker, ConsumerGroup group, SubscriptionSettings settings, PubSubHandler handler, ILogger logger, CancellationToken closing)
    {
        this.broker = broker;
        this.group = group;
        this.settings = settings;
        this.handler = handler;
        this.logger = logger;
        slots = new HandlerSlots(settings.Concurrency);
        stop = CancellationTokenSource.CreateLinkedTokenSource(closing);
        pump = PumpAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await pump.ConfigureAwait(false);
        await slots.DrainAsync().ConfigureAwait(false);
        slots.Dispose();
        stop.Dispose();
    }

    private async Task PumpAsync()
    {
        try
        {
            while (true)
            {
                await slots.EnterAsync(stop.Token).ConfigureAwait(false);
                long sequence;
                TopicEntry entry;
                try
                {
                    (sequence, entry) = await broker.TakeAsync(group, stop.Token).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    slots.Leave();
                    throw;
                }

                slots.Run(() => DeliverAsync(sequence, entry));
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed, or the broker closes. The group stays, and with it what it has not finished.
        }
    }

    private async Task DeliverAsync(long sequence, TopicEntry entry)
    {
        try
        {
            var message = await broker.LoadAsync(entry, CancellationToken.None).ConfigureAwait(false);
            if (await handler(message, CancellationToken.None).ConfigureAwait(false))
            {
                broker.Finish(group, sequence);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            broker.Return(group, sequence, TimeSpan.Zero);
            return;
        }
        catch (DeliveryPostponedException)
        {
            broker.Return(group, sequence, settings.RedeliverInterval);
            return;
        }
        catch (Exception failure)
        {
            LogHandlerFailed(logger, failure, entry.Index, group.Topic.Name, group.Name);
        }

        Fail(sequence, entry);
    }

    private void Fail(long sequence, TopicEntry entry)
    {
        var failures = broker.CountFailure(group, sequence);
        if (settings.MaxDeliveryAttempts > 0 && failures >= settings.MaxDeliveryAttempts)
        {
            LogGivenUp(logger, entry.Index, group.Topic.Name, group.Name, failures);
            broker.Finish(group, sequence);
            return;
        }

        broker.Return(group, sequence, settings.RedeliverInterval * Math.Min(LargestBackoff, 1L << Math.Min(failures - 1, 10)));
    }

    [LoggerMessage(3404, LogLevel.Error, "Handling message {Index} of topic {Topic} for {Group} failed.")]
    private static partial void LogHandlerFailed(ILogger logger, Exception failure, long index, string topic, string group);

    [LoggerMessage(3405, LogLevel.Error, "Message {Index} of topic {Topic} is given up for {Group} after {Failures} failed attempts (maxDeliveryAttempts).")]
    private static partial void LogGivenUp(ILogger logger, long index, string topic, string group, int failures);
}
