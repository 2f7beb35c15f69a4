using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.PubSub;

/// <summary>Collects messages of one subscription and delivers them together; an entry the app does not answer for is tried again.</summary>
internal sealed partial class BulkDelivery : IAsyncDisposable
{
    private readonly DeliveryScope scope;
    private readonly SubscriptionPlan plan;
    private readonly BulkSubscribeSpec spec;
    private readonly DeadLetters deadLetters;
    private readonly Channel<Entry> waiting = Channel.CreateUnbounded<Entry>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task loop;

    public BulkDelivery(DeliveryScope scope, SubscriptionPlan plan, BulkSubscribeSpec spec)
    {
        this.scope = scope;
        this.plan = plan;
        this.spec = spec;
        deadLetters = new DeadLetters(scope, plan);
        loop = RunAsync();
    }

    /// <summary>Completes when the message's batch is decided.</summary>
    public Task<bool> HandleAsync(PubSubMessage message, CancellationToken cancellationToken)
    {
        scope.Stopping.ThrowIfCancellationRequested();
        var entry = new Entry(message, CloudEventEnvelope.NewId(scope.Time));
        if (!waiting.Writer.TryWrite(entry))
        {
            throw new OperationCanceledException(scope.Stopping);
        }

        return entry.Done.Task;
    }

    public async ValueTask DisposeAsync()
    {
        waiting.Writer.TryComplete();
        await loop.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        while (await waiting.Reader.WaitToReadAsync().ConfigureAwait(false))
        {
            await HandleBatchAsync(await CollectAsync().ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private async Task<List<Entry>> CollectAsync()
    {
        List<Entry> batch = [];
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(scope.Stopping);
        using var limit = new CancellationTokenSource(TimeSpan.FromMilliseconds(spec.MaxAwaitDurationMs), scope.Time);
        await using var registration = limit.Token.Register(timer.Cancel).ConfigureAwait(false);
        try
        {
            while (batch.Count < spec.MaxMessagesCount && await waiting.Reader.WaitToReadAsync(timer.Token).ConfigureAwait(false))
            {
                while (batch.Count < spec.MaxMessagesCount && waiting.Reader.TryRead(out var entry))
                {
                    batch.Add(entry);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Time is up, or the subscription stops: what is there is the batch.
        }

        return batch;
    }

    private async Task HandleBatchAsync(List<Entry> batch)
    {
        Dictionary<string, List<Entry>> byRoute = [];
        foreach (var entry in batch)
        {
            if (await RouteAsync(entry).ConfigureAwait(false) is { } path)
            {
                (byRoute.TryGetValue(path, out var entries) ? entries : byRoute[path] = []).Add(entry);
            }
        }

        foreach (var (path, entries) in byRoute)
        {
            await DeliverAsync(path, entries).ConfigureAwait(false);
        }
    }

    /// <summary>The entry's route; null when it was settled without the app.</summary>
    private async Task<string?> RouteAsync(Entry entry)
    {
        try
        {
            using var received = ReceivedEvent.Read(entry.Message, plan.RawPayload, plan.Topic, plan.PubSubName, scope.Time);
            if (!received.HasExpired(scope.Time) && plan.Routes.Find(received.Root) is { } path)
            {
                entry.Trace = new TraceContext(received.TraceParent ?? "", received.TraceState ?? "");
                return path;
            }

            scope.Metrics.BulkIngressEvent(plan.PubSubName, plan.Topic, "drop");
            entry.Done.TrySetResult(await deadLetters.DivertAsync(entry.Message).ConfigureAwait(false));
        }
        catch (Exception problem) when (problem is JsonException or RoutingException)
        {
            LogUnroutable(scope.Logger, plan.PubSubName, plan.Topic, problem.Message);
            entry.Done.TrySetResult(await deadLetters.GiveUpAsync(entry.Message).ConfigureAwait(false));
        }

        return null;
    }

    private async Task DeliverAsync(string path, List<Entry> entries)
    {
        List<Entry> open = [.. entries];
        try
        {
            await new DeliveryAttempts(scope, plan.PubSubName).RunAsync(token => PostAsync(path, open, token), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is OperationCanceledException or DeliveryPostponedException)
        {
            if (failure is DeliveryPostponedException || scope.Stopping.IsCancellationRequested)
            {
                open.ForEach(entry => entry.Done.TrySetException(failure));
                return;
            }
        }
        catch (Exception failure)
        {
            LogFailed(scope.Logger, plan.PubSubName, plan.Topic, failure.Message);
        }

        foreach (var entry in open)
        {
            entry.Done.TrySetResult(await deadLetters.GiveUpAsync(entry.Message).ConfigureAwait(false));
        }
    }

    /// <summary>One request with the entries that are still open; those the app settles are taken out.</summary>
    private async Task<DeliveryAnswer> PostAsync(string path, List<Entry> open, CancellationToken cancellationToken)
    {
        using var request = AppRequests.Post(path, Envelope(open), ContentTypes.Json, MessageMetadata.Empty, plan.PubSubName);
        using var spans = DeliverySpans.Start(scope.Tracer, plan.Topic, open.Select(entry => entry.Trace));
        spans.AddTo(request);
        var start = scope.Time.GetTimestamp();
        using var response = await scope.App.SendAsync(request, cancellationToken).ConfigureAwait(false);
        scope.Metrics.BulkIngress(plan.PubSubName, plan.Topic, scope.Time.GetElapsedTime(start));
        spans.Complete((int)response.StatusCode);
        if ((int)response.StatusCode is < 200 or > 299)
        {
            var answer = await AppRequests.ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (answer.Result is DeliveryResult.Drop)
            {
                await SettleAsync(open, open.ToDictionary(entry => entry.Id, _ => "DROP")).ConfigureAwait(false);
            }

            return answer;
        }

        var statuses = Statuses(await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false));
        await SettleAsync(open, statuses).ConfigureAwait(false);
        return new DeliveryAnswer(open.Count == 0 ? DeliveryResult.Success : DeliveryResult.Retry);
    }

    private async Task SettleAsync(List<Entry> open, Dictionary<string, string> statuses)
    {
        foreach (var entry in open.ToArray())
        {
            var status = statuses.GetValueOrDefault(entry.Id);
            var settled = status is "SUCCESS" or "DROP";
            scope.Metrics.BulkIngressEvent(plan.PubSubName, plan.Topic, settled ? status!.ToLowerInvariant() : "retry");
            if (settled)
            {
                open.Remove(entry);
                entry.Done.TrySetResult(status is "SUCCESS" || await deadLetters.DivertAsync(entry.Message).ConfigureAwait(false));
            }
        }
    }

    /// <summary>Status by entry id; an answer that is not of the agreed form settles nothing.</summary>
    private static Dictionary<string, string> Statuses(byte[] body)
    {
        Dictionary<string, string> statuses = [];
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind is JsonValueKind.Object
                && PublishHttpApi.Property(document.RootElement, "statuses") is { ValueKind: JsonValueKind.Array } list)
            {
                foreach (var item in list.EnumerateArray().Where(item => item.ValueKind is JsonValueKind.Object))
                {
                    if (PublishHttpApi.Property(item, "entryId") is { ValueKind: JsonValueKind.String } id
                        && PublishHttpApi.Property(item, "status") is { ValueKind: JsonValueKind.String } status)
                    {
                        statuses[id.GetString()!] = status.GetString()!;
                    }
                }
            }
        }
        catch (JsonException)
        {
            return [];
        }

        return statuses;
    }

    private ReadOnlyMemory<byte> Envelope(List<Entry> open)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", CloudEventEnvelope.NewId(scope.Time));
            writer.WriteString("type", CloudEventEnvelope.BulkType);
            writer.WriteString("topic", plan.Topic);
            writer.WriteString("pubsubname", plan.PubSubName);
            writer.WriteStartObject("metadata");
            writer.WriteString("pubsubname", plan.PubSubName);
            writer.WriteEndObject();
            writer.WriteStartArray("entries");
            foreach (var entry in open)
            {
                writer.WriteStartObject();
                writer.WriteString("entryId", entry.Id);
                writer.WriteString("contentType", plan.RawPayload ? ContentTypes.Binary : ContentTypes.CloudEvent);
                writer.WriteStartObject("metadata");
                foreach (var (name, value) in entry.Message.Metadata)
                {
                    writer.WriteString(name, value);
                }

                writer.WriteEndObject();
                if (plan.RawPayload)
                {
                    writer.WriteBase64String("event", entry.Message.Data.Span);
                }
                else
                {
                    writer.WritePropertyName("event");
                    writer.WriteRawValue(entry.Message.Data.Span, skipInputValidation: true);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    [LoggerMessage(3206, LogLevel.Error, "No route could be chosen for a message on {PubSub}/{Topic}: {Problem}")]
    private static partial void LogUnroutable(ILogger logger, string pubSub, string topic, string problem);

    [LoggerMessage(3207, LogLevel.Warning, "Bulk delivery on {PubSub}/{Topic} failed: {Problem}")]
    private static partial void LogFailed(ILogger logger, string pubSub, string topic, string problem);

    private sealed record Entry(PubSubMessage Message, string Id)
    {
        public TraceContext Trace { get; set; } = TraceContext.None;

        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
