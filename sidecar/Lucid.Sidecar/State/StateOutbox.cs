using System.Buffers;
using System.Text.Json;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.PubSub;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.State;

/// <summary>
/// The outbox of one state store, as daprd has it: what a transaction writes is also published, if and only if it commits. The event is
/// put on an internal topic first, and the transaction leaves a marker; who takes the event from the internal topic waits for the
/// marker, publishes and removes it. So an event is published at least once, and its <c>id</c> is the same each time.
/// </summary>
public sealed partial class StateOutbox
{
    public static readonly string[] Fields = ["outboxPublishPubsub", "outboxPublishTopic", "outboxPubsub", "outboxDiscardWhenMissingState"];

    private const string Projection = "outbox.projection";
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly SidecarContext context;
    private readonly LoadedComponent<IStateStore> store;
    private readonly KeyPrefix prefix;
    private readonly PublishEngine publisher;
    private readonly PubSubComponent target;
    private readonly PubSubComponent queue;
    private readonly string topic;
    private readonly string queueTopic;
    private readonly bool discards;
    private readonly ILogger logger;
    private IAsyncDisposable? subscription;

    private StateOutbox(
        SidecarContext context, LoadedComponent<IStateStore> store, PublishEngine publisher, PubSubComponent target, PubSubComponent queue, string topic)
    {
        (this.context, this.store, this.publisher, this.target, this.queue, this.topic) = (context, store, publisher, target, queue, topic);
        prefix = KeyPrefix.Of(store.Definition, context.Options.AppId, context.Options.Namespace);
        queueTopic = $"{context.Options.Namespace}{context.Options.AppId}{topic}outbox";
        discards = store.Definition.Flag("outboxDiscardWhenMissingState");
        logger = context.Loggers.CreateLogger<StateOutbox>();
    }

    /// <summary>Null for a store without an outbox.</summary>
    /// <exception cref="ComponentException">A field is missing, or names no pub/sub component of this app.</exception>
    public static StateOutbox? Of(
        SidecarContext context, LoadedComponent<IStateStore> store, IReadOnlyDictionary<string, PubSubComponent> brokers, PublishEngine publisher)
    {
        var definition = store.Definition;
        if (Array.TrueForAll(Fields, field => definition[field] is not { Length: > 0 }))
        {
            return null;
        }

        if (!store.Instance.IsTransactional)
        {
            throw new ComponentException($"field {Fields[0]}: {definition.Type} has no transactions, which an outbox needs");
        }

        var target = Broker(definition, Fields[0], definition.Required(Fields[0]), brokers);
        var queue = definition[Fields[2]] is { Length: > 0 } named ? Broker(definition, Fields[2], named, brokers) : target;
        return new StateOutbox(context, store, publisher, target, queue, definition.Required(Fields[1]));
    }

    /// <summary>Takes events from the internal topic until stopped.</summary>
    public async Task StartAsync(CancellationToken cancellationToken) => subscription = await queue.Broker
        .SubscribeAsync(new PubSubSubscription(queueTopic, context.Options.AppId, MessageMetadata.Empty), HandleAsync, cancellationToken).ConfigureAwait(false);

    /// <summary>Hands the events of a transaction over, and returns the steps that are to be written instead: markers added, projections taken out.</summary>
    /// <exception cref="DaprApiException">The app may not publish to the topic, or the broker failed: nothing may be written then.</exception>
    public async Task<IReadOnlyList<StateTransactionStep>> PrepareAsync(IReadOnlyList<StateTransactionStep> steps, CancellationToken cancellationToken)
    {
        if (!target.Rules.MayPublish(topic))
        {
            throw PubSubErrors.Forbidden(target.Name, topic, context.Options.AppId);
        }

        var projections = steps.Where(IsProjection).GroupBy(step => step.Item.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().Item, StringComparer.Ordinal);
        var written = steps.Where(step => !IsProjection(step)).ToList();
        foreach (var step in written.Where(step => step.Operation == "upsert").ToList())
        {
            var marker = Guid.CreateVersion7(context.Time.GetUtcNow()).ToString();
            await QueueAsync(marker, projections.GetValueOrDefault(step.Item.Key) ?? step.Item, cancellationToken).ConfigureAwait(false);
            written.Add(new StateTransactionStep("upsert", new StateItem(KeyOf(marker), "0"u8.ToArray(), null, "", "", StateItem.NoMetadata)));
        }

        return written;
    }

    /// <summary>Takes no more, and waits for what is under way; an event without a decision stays with the broker.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (subscription is { } running)
        {
            await running.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static PubSubComponent Broker(ComponentDefinition definition, string field, string name, IReadOnlyDictionary<string, PubSubComponent> brokers) =>
        brokers.GetValueOrDefault(name)
        ?? throw new ComponentException($"field {field}: {definition.Name} names {name}, and the app has no such pub/sub component; it has: {string.Join(", ", brokers.Keys.Order(StringComparer.Ordinal))}");

    private static bool IsProjection(StateTransactionStep step) =>
        step.Operation == "upsert" && MessageMetadata.Find(step.Item.Metadata, Projection)?.Equals("true", StringComparison.OrdinalIgnoreCase) == true;

    private static string KeyOf(string marker) => $"outbox-{marker}";

    private async Task QueueAsync(string marker, StateItem item, CancellationToken cancellationToken)
    {
        var metadata = new Dictionary<string, string>(item.Metadata, StringComparer.OrdinalIgnoreCase);
        metadata.TryAdd("cloudevent.id", marker);
        metadata.Remove("ttlInSeconds"); // the state's, not the message's
        var contentType = metadata.GetValueOrDefault("datacontenttype") ?? metadata.GetValueOrDefault("contentType") ?? ContentTypes.Json;
        var request = new PublishRequest(target.Name, topic, item.Value, contentType, metadata)
        {
            Trace = TraceContext.Current(context.Resources.Configuration.Tracing, null, null),
        };
        try
        {
            var message = new PubSubMessage(Sealed(marker, CloudEventEnvelope.Create(request, context.Options.AppId, context.Time)), ContentTypes.Json, MessageMetadata.Empty);
            await queue.Broker.PublishAsync(queueTopic, message, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw StateErrors.Outbox(failure);
        }
    }

    private static byte[] Sealed(string marker, ReadOnlyMemory<byte> cloudEvent)
    {
        var buffer = new ArrayBufferWriter<byte>(cloudEvent.Length + 64);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("marker", marker);
            writer.WriteBase64String("event", cloudEvent.Span);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory.ToArray();
    }

    private async Task<bool> HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        string marker;
        byte[] cloudEvent;
        using (var document = JsonDocument.Parse(message.Data))
        {
            marker = document.RootElement.GetProperty("marker").GetString()!;
            cloudEvent = document.RootElement.GetProperty("event").GetBytesFromBase64();
        }

        var key = prefix.Apply(KeyOf(marker));
        if (!await IsCommittedAsync(key, cancellationToken).ConfigureAwait(false))
        {
            LogNotCommitted(store.Name, marker, discards ? "thrown away" : "left to the broker");
            return discards;
        }

        await publisher.ForwardAsync(target, topic, new PubSubMessage(cloudEvent, ContentTypes.CloudEvent, MessageMetadata.Empty), cancellationToken).ConfigureAwait(false);
        await store.Instance.DeleteAsync(new StateDelete(key, null, FirstWrite: false), cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>The message is there before its transaction commits.</summary>
    private async Task<bool> IsCommittedAsync(string key, CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        for (var wait = FirstWait; ; wait = wait * 2 < LongestWait ? wait * 2 : LongestWait)
        {
            if (await store.Instance.GetAsync(key, cancellationToken).ConfigureAwait(false) is not null)
            {
                return true;
            }

            if (context.Time.GetElapsedTime(started) + wait > Patience)
            {
                return false;
            }

            await Task.Delay(wait, context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    [LoggerMessage(2601, LogLevel.Warning, "outbox of {Store}: the transaction of {Marker} did not commit, its event is {Fate}")]
    private partial void LogNotCommitted(string store, string marker, string fate);
}
