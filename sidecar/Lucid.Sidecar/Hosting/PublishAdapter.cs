using Lucid.Sidecar.Grpc;
using Lucid.Sidecar.PubSub;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Hosting;

/// <summary>The publishing engine as the gRPC surface sees it.</summary>
internal sealed class PublishAdapter(PublishEngine engine, TracingSpec tracing) : IPublishApi
{
    public Task PublishAsync(PublishCall call, CancellationToken cancellationToken) =>
        engine.PublishAsync(
            new PublishRequest(call.PubSubName, call.Topic, call.Data, call.ContentType, call.Metadata) { Trace = Trace(call.Trace) }, cancellationToken);

    public async Task<IReadOnlyList<BulkPublishCallFailure>> BulkPublishAsync(BulkPublishCall call, CancellationToken cancellationToken)
    {
        var request = new BulkPublishRequest(
            call.PubSubName,
            call.Topic,
            [.. call.Entries.Select(entry => new BulkPublishEntry(entry.EntryId, entry.Data, entry.ContentType, entry.Metadata))],
            call.Metadata)
        { Trace = Trace(call.Trace) };
        var failures = await engine.BulkPublishAsync(request, cancellationToken).ConfigureAwait(false);
        return [.. failures.Select(failure => new BulkPublishCallFailure(failure.EntryId, failure.Error))];
    }

    private PubSub.TraceContext Trace(CallTrace trace) => PubSub.TraceContext.Current(tracing, trace.TraceParent, trace.TraceState);
}
