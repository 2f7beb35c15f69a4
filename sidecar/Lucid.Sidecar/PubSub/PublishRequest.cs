namespace Lucid.Sidecar.PubSub;

/// <summary>One message as an app hands it over, whatever the transport.</summary>
/// <param name="ContentType">Null or empty: text/plain.</param>
/// <param name="Metadata"><c>rawPayload</c>, <c>ttlInSeconds</c>, <c>cloudevent.*</c> and what the component understands.</param>
public sealed record PublishRequest(
    string PubSubName, string Topic, ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata)
{
    public TraceContext Trace { get; init; } = TraceContext.None;
}

/// <param name="Metadata">For all entries; an entry's own values win.</param>
public sealed record BulkPublishRequest(
    string PubSubName, string Topic, IReadOnlyList<BulkPublishEntry> Entries, IReadOnlyDictionary<string, string> Metadata)
{
    public TraceContext Trace { get; init; } = TraceContext.None;
}

/// <param name="EntryId">Unique in its request.</param>
public sealed record BulkPublishEntry(
    string EntryId, ReadOnlyMemory<byte> Data, string? ContentType, IReadOnlyDictionary<string, string> Metadata);

/// <summary>An entry the broker did not take.</summary>
public sealed record BulkPublishFailure(string EntryId, string Error);
