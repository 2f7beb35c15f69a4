using System.Collections.Immutable;
using System.IO.Enumeration;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.InMemory;

/// <summary>
/// <c>pubsub.in-memory</c> as daprd has it: inside one sidecar, asynchronous, one handler at a time per subscription, a failed
/// message is logged and gone. A topic subscribed to may contain <c>*</c>.
/// </summary>
internal sealed class InMemoryPubSub(ILogger logger) : IPubSub
{
    private ImmutableList<InMemorySubscription> subscriptions = [];

    public ValueTask PublishAsync(string topic, PubSubMessage message, CancellationToken cancellationToken)
    {
        foreach (var subscription in subscriptions)
        {
            if (Matches(subscription.Topic, topic) && !subscription.TryAdd(message))
            {
                throw new InvalidOperationException($"the subscription to {subscription.Topic} has {InMemorySubscription.Capacity} messages waiting; it takes no more");
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IAsyncDisposable> SubscribeAsync(PubSubSubscription subscription, PubSubHandler handler, CancellationToken cancellationToken)
    {
        var added = new InMemorySubscription(subscription.Topic, subscription.MinimumConcurrency, handler, logger, Remove);
        ImmutableInterlocked.Update(ref subscriptions, static (list, item) => list.Add(item), added);
        return ValueTask.FromResult<IAsyncDisposable>(added);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subscription in subscriptions)
        {
            await subscription.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Remove(InMemorySubscription subscription) =>
        ImmutableInterlocked.Update(ref subscriptions, static (list, item) => list.Remove(item), subscription);

    private static bool Matches(string pattern, string topic) =>
        pattern.Contains('*', StringComparison.Ordinal)
            ? FileSystemName.MatchesSimpleExpression(pattern, topic, ignoreCase: false)
            : pattern.Equals(topic, StringComparison.Ordinal);
}
