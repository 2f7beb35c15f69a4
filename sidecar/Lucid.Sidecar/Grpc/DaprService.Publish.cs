using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;

namespace Lucid.Sidecar.Grpc;

public sealed partial class DaprService
{
    internal async Task<Empty> PublishAsync(PublishEventRequest request, ServerCallContext call)
    {
        await Require(Publish, call).PublishAsync(
            new PublishCall(request.PubsubName, request.Topic, Bytes(request.Data), request.DataContentType, Map(request.Metadata), Trace(call)),
            call.CancellationToken).ConfigureAwait(false);
        return new Empty();
    }

    internal async Task<BulkPublishResponse> BulkPublishAsync(BulkPublishRequest request, ServerCallContext call)
    {
        var entries = request.Entries.Select(entry => new BulkPublishCallEntry(entry.EntryId, Bytes(entry.Event), entry.ContentType, Map(entry.Metadata)));
        var failures = await Require(Publish, call).BulkPublishAsync(
            new BulkPublishCall(request.PubsubName, request.Topic, [.. entries], Map(request.Metadata), Trace(call)),
            call.CancellationToken).ConfigureAwait(false);
        var response = new BulkPublishResponse();
        response.FailedEntries.Add(failures.Select(failure => new BulkPublishResponseFailedEntry { EntryId = failure.EntryId, Error = failure.Error }));
        return response;
    }

    private static CallTrace Trace(ServerCallContext call) =>
        new(call.RequestHeaders.GetValue("traceparent"), call.RequestHeaders.GetValue("tracestate"));
}
