using System.Text.Json;

namespace Lucid.ServiceDefaults;

/// <summary>An event on its way: a CloudEvent's <c>id</c> (UUIDv7), topic, <c>type</c>, <c>time</c>, partition key (the aggregate's id), and data.</summary>
public sealed record PendingEvent(Guid Id, string Topic, string Type, DateTimeOffset Time, string Key, JsonElement Data, string? RequestId = null);
