namespace Lucid.Sidecar.Components;

public interface IPubSub : IAsyncDisposable
{
    /// <summary>Returns when the broker has accepted the message as durably as it can.</summary>
    ValueTask PublishAsync(string topic, PubSubMessage message, CancellationToken cancellationToken);

    /// <summary>
    /// Delivers until the returned handle is disposed. The handler's outcome decides what the broker does:
    /// true acknowledges, false or an exception leaves it to the component's own redelivery rules; an
    /// <see cref="OperationCanceledException"/> or a postponement means that the message was not tried. Disposing takes no
    /// more messages and returns when the handlers that run have returned.
    /// </summary>
    ValueTask<IAsyncDisposable> SubscribeAsync(PubSubSubscription subscription, PubSubHandler handler, CancellationToken cancellationToken);
}

public sealed record PubSubMessage(ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata);

/// <param name="ConsumerGroup">Replicas of one group compete; different groups each get a copy.</param>
public sealed record PubSubSubscription(string Topic, string ConsumerGroup, IReadOnlyDictionary<string, string> Metadata)
{
    /// <summary>Messages the handler wants to hold at once, at least: a bulk subscription fills its batches with them.</summary>
    public int MinimumConcurrency { get; init; } = 1;
}

public delegate Task<bool> PubSubHandler(PubSubMessage message, CancellationToken cancellationToken);
