namespace Lucid.Sidecar.Components;

public interface IPubSub : IAsyncDisposable
{
    /// <summary>Returns when the broker has accepted the message as durably as it can.</summary>
    ValueTask PublishAsync(string topic, PubSubMessage message, CancellationToken cancellationToken);

    /// <summary>
    /// Delivers until the returned handle is disposed. The handler's outcome decides what the broker does:
    /// true acknowledges, false or an exception leaves it to the component's own redelivery rules.
    /// </summary>
    ValueTask<IAsyncDisposable> SubscribeAsync(PubSubSubscription subscription, PubSubHandler handler, CancellationToken cancellationToken);
}

public sealed record PubSubMessage(ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata);

/// <param name="ConsumerGroup">Replicas of one group compete; different groups each get a copy.</param>
public sealed record PubSubSubscription(string Topic, string ConsumerGroup, IReadOnlyDictionary<string, string> Metadata);

public delegate Task<bool> PubSubHandler(PubSubMessage message, CancellationToken cancellationToken);
