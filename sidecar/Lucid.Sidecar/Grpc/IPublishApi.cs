namespace Lucid.Sidecar.Grpc;

/// <summary>What the gRPC surface asks of the publishing engine. Refusals are thrown as <see cref="Runtime.DaprApiException"/>.</summary>
public interface IPublishApi
{
    Task PublishAsync(PublishCall call, CancellationToken cancellationToken);

    /// <summary>The entries the broker did not take; empty when all are published.</summary>
    Task<IReadOnlyList<BulkPublishCallFailure>> BulkPublishAsync(BulkPublishCall call, CancellationToken cancellationToken);
}

/// <param name="ContentType">Empty: none was sent.</param>
/// <param name="Trace">W3C trace context of the request.</param>
public sealed record PublishCall(
    string PubSubName, string Topic, ReadOnlyMemory<byte> Data, string ContentType, IReadOnlyDictionary<string, string> Metadata, CallTrace Trace);

public sealed record BulkPublishCall(
    string PubSubName, string Topic, IReadOnlyList<BulkPublishCallEntry> Entries, IReadOnlyDictionary<string, string> Metadata, CallTrace Trace);

public sealed record BulkPublishCallEntry(
    string EntryId, ReadOnlyMemory<byte> Data, string ContentType, IReadOnlyDictionary<string, string> Metadata);

public sealed record BulkPublishCallFailure(string EntryId, string Error);

/// <summary>The headers <c>traceparent</c> and <c>tracestate</c> as sent; null when absent.</summary>
public readonly record struct CallTrace(string? TraceParent, string? TraceState);
