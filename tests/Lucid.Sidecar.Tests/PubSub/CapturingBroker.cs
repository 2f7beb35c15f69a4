using System.Collections.Concurrent;
using System.Text.Json;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Tests.PubSub;

/// <summary>A broker that keeps what is published and delivers what a test hands it.</summary>
internal sealed class CapturingBroker : IPubSub
{
    private readonly ConcurrentDictionary<string, PubSubHandler> handlers = new();
    private readonly ConcurrentQueue<(string Topic, PubSubMessage Message)> published = new();

    public Func<string, Exception?> Failure { get; set; } = _ => null;

    public IReadOnlyList<(string Topic, PubSubMessage Message)> Published => [.. published];

    public PubSubMessage Last => Published[^1].Message;

    public JsonElement LastEvent => JsonDocument.Parse(Last.Data).RootElement;

    public IReadOnlyCollection<string> SubscribedTopics => [.. handlers.Keys];

    /// <summary>The handler's verdict on a message.</summary>
    public Task<bool> Deliver(string topic, PubSubMessage message) => handlers[topic](message, CancellationToken.None);

    public Task<bool> DeliverEvent(string topic, string json, Dictionary<string, string>? metadata = null) =>
        Deliver(topic, new PubSubMessage(System.Text.Encoding.UTF8.GetBytes(json), null, metadata ?? []));

    public ValueTask PublishAsync(string topic, PubSubMessage message, CancellationToken cancellationToken)
    {
        if (Failure(topic) is { } failure)
        {
            throw failure;
        }

        published.Enqueue((topic, message));
        return ValueTask.CompletedTask;
    }

    public ValueTask<IAsyncDisposable> SubscribeAsync(PubSubSubscription subscription, PubSubHandler handler, CancellationToken cancellationToken)
    {
        Assert.True(handlers.TryAdd(subscription.Topic, handler));
        return ValueTask.FromResult<IAsyncDisposable>(new Handle(() => handlers.TryRemove(subscription.Topic, out _)));
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class Handle(Action remove) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            remove();
            return ValueTask.CompletedTask;
        }
    }
}
