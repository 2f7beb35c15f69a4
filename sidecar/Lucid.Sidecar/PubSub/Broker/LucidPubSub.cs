using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.Broker;

/// <summary><c>pubsub.lucid</c> as one app sees it. The broker belongs to the process; this only speaks to it.</summary>
internal sealed class LucidPubSub(MessageBroker broker, BrokerOptions options) : IPubSub
{
    public async ValueTask PublishAsync(string topic, PubSubMessage message, CancellationToken cancellationToken) =>
        await broker.PublishAsync(topic, message, cancellationToken).ConfigureAwait(false);

    public async ValueTask<IAsyncDisposable> SubscribeAsync(PubSubSubscription subscription, PubSubHandler handler, CancellationToken cancellationToken)
    {
        var settings = new SubscriptionSettings(Math.Max(options.Concurrency, subscription.MinimumConcurrency), options.RedeliverInterval, options.MaxDeliveryAttempts);
        return await broker.SubscribeAsync(subscription.Topic, subscription.ConsumerGroup, settings, handler, cancellationToken).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
