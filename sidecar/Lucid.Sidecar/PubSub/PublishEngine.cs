using System.Diagnostics;
using System.Text.Json;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;

namespace Lucid.Sidecar.PubSub;

/// <summary>Publishing for one app: topic rules, CloudEvent envelope, outbound policy, metrics.</summary>
public sealed class PublishEngine
{
    /// <summary>Concurrent single publishes of one bulk request, as daprd has it for components without bulk publish of their own.</summary>
    private const int BulkParallelism = 100;

    private readonly IReadOnlyDictionary<string, PubSubComponent> components;
    private readonly string appId;
    private readonly IResiliency resiliency;
    private readonly TimeProvider time;
    private readonly PubSubMetrics metrics;
    private readonly SidecarTracer tracer;

    public PublishEngine(SidecarContext context, IReadOnlyDictionary<string, PubSubComponent> components)
    {
        this.components = components;
        appId = context.Options.AppId;
        resiliency = context.Resiliency;
        time = context.Time;
        tracer = context.Tracer;
        metrics = new PubSubMetrics(context.Metrics, appId, context.Options.Namespace);
        Tracing = context.Resources.Configuration.Tracing;
        MaxBodySize = context.Options.MaxBodySize;
    }

    internal TracingSpec Tracing { get; }

    internal long MaxBodySize { get; }

    /// <summary>Returns when the broker has accepted the message.</summary>
    /// <exception cref="DaprApiException">Unknown component, empty or forbidden topic, bad metadata, or the broker failed.</exception>
    public async Task PublishAsync(PublishRequest request, CancellationToken cancellationToken)
    {
        var component = Find(request.PubSubName, request.Topic);
        var message = MessageOf(request);
        var start = time.GetTimestamp();
        var success = false;
        try
        {
            await SendAsync(component, request.Topic, message, cancellationToken).ConfigureAwait(false);
            success = true;
        }
        finally
        {
            metrics.Egress(request.PubSubName, request.Topic, success, time.GetElapsedTime(start));
        }
    }

    /// <summary>Publishes each entry by itself; the entries the broker did not take are returned.</summary>
    /// <exception cref="DaprApiException">As for a single message, or entry ids that are missing or repeated: nothing was published then.</exception>
    public async Task<IReadOnlyList<BulkPublishFailure>> BulkPublishAsync(BulkPublishRequest request, CancellationToken cancellationToken)
    {
        var component = Find(request.PubSubName, request.Topic);
        using var spans = new ProducerSpans(tracer, request.Trace);
        HashSet<string> ids = new(StringComparer.Ordinal);
        var messages = new PubSubMessage[request.Entries.Count];
        for (var i = 0; i < messages.Length; i++)
        {
            var entry = request.Entries[i];
            if (string.IsNullOrEmpty(entry.EntryId) || !ids.Add(entry.EntryId))
            {
                throw PubSubErrors.Entries(request.PubSubName, request.Topic);
            }

            var metadata = MessageMetadata.Merge(request.Metadata, entry.Metadata);
            messages[i] = MessageOf(new PublishRequest(request.PubSubName, request.Topic, entry.Data, entry.ContentType, metadata) { Trace = spans.Next() });
        }

        if (!component.Rules.MayPublish(request.Topic))
        {
            throw PubSubErrors.Forbidden(request.PubSubName, request.Topic, appId);
        }

        var start = time.GetTimestamp();
        var errors = new string?[messages.Length];
        await Parallel.ForAsync(0, messages.Length, new ParallelOptions { MaxDegreeOfParallelism = BulkParallelism, CancellationToken = cancellationToken }, async (i, token) =>
        {
            try
            {
                await SendAsync(component, request.Topic, messages[i], token).ConfigureAwait(false);
            }
            catch (DaprApiException refusal)
            {
                errors[i] = refusal.Message;
            }
        }).ConfigureAwait(false);

        List<BulkPublishFailure> failures = [];
        for (var i = 0; i < errors.Length; i++)
        {
            if (errors[i] is { } error)
            {
                failures.Add(new BulkPublishFailure(request.Entries[i].EntryId, error));
            }
        }

        metrics.BulkEgress(request.PubSubName, request.Topic, failures.Count == 0, messages.Length - failures.Count, time.GetElapsedTime(start));
        return failures;
    }

    /// <summary>Publishes a message as it is, without an envelope: dead letters keep their payload.</summary>
    internal async Task ForwardAsync(PubSubComponent component, string topic, PubSubMessage message, CancellationToken cancellationToken)
    {
        var start = time.GetTimestamp();
        var success = false;
        try
        {
            await SendAsync(component, topic, message, cancellationToken).ConfigureAwait(false);
            success = true;
        }
        finally
        {
            metrics.Egress(component.Name, topic, success, time.GetElapsedTime(start));
        }
    }

    private PubSubComponent Find(string pubSubName, string topic)
    {
        if (string.IsNullOrEmpty(pubSubName))
        {
            throw PubSubErrors.NameEmpty();
        }

        var component = components.GetValueOrDefault(pubSubName) ?? throw PubSubErrors.NotFound(pubSubName);
        return string.IsNullOrEmpty(topic) ? throw PubSubErrors.TopicEmpty(pubSubName) : component;
    }

    private PubSubMessage MessageOf(PublishRequest request)
    {
        if (!MessageMetadata.TryReadRawPayload(request.Metadata, out var rawPayload, out var problem))
        {
            throw PubSubErrors.Metadata(request.PubSubName, problem!);
        }

        if (rawPayload)
        {
            return new PubSubMessage(request.Data, request.ContentType, request.Metadata);
        }

        try
        {
            return new PubSubMessage(CloudEventEnvelope.Create(request, appId, time), ContentTypes.CloudEvent, request.Metadata);
        }
        catch (JsonException notAnEvent)
        {
            throw PubSubErrors.CloudEvent(request.PubSubName, request.Topic, notAnEvent);
        }
    }

    private async Task SendAsync(PubSubComponent component, string topic, PubSubMessage message, CancellationToken cancellationToken)
    {
        if (!component.Rules.MayPublish(topic))
        {
            throw PubSubErrors.Forbidden(component.Name, topic, appId);
        }

        var policy = resiliency.ForComponentOutbound(component.Name);
        try
        {
            if (!policy.IsConfigured)
            {
                await component.Broker.PublishAsync(topic, message, cancellationToken).ConfigureAwait(false);
                return;
            }

            await policy.ExecuteAsync(
                async token =>
                {
                    await component.Broker.PublishAsync(topic, message, token).ConfigureAwait(false);
                    return true;
                },
                static _ => AttemptOutcome.Success,
                cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw PubSubErrors.Publish(component.Name, topic, failure);
        }
    }
}
