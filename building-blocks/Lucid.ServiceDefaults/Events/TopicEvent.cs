using System.Reflection;
using System.Text.Json;

namespace Lucid.ServiceDefaults;

/// <summary>
/// A delivered CloudEvent (1.0, structured mode). Delivery is at least once: be idempotent on <see cref="Id"/>. <see cref="Source"/> is
/// written by the publisher and proves nothing.
/// </summary>
public sealed record TopicEvent(string Id, string Type, string Source, DateTimeOffset Time, string Topic, string? PartitionKey, JsonElement Data)
{
    /// <summary>The data as <typeparamref name="T"/>; unknown members are ignored.</summary>
    /// <exception cref="JsonException">The data has another shape: the message goes to the dead-letter topic.</exception>
    public T Read<T>() => Data.Deserialize<T>(JsonDefaults.Tolerant) ?? throw new JsonException($"the data of {Type} is null");

    /// <summary>Minimal API binding for handlers mapped with <see cref="TopicExtensions.MapTopic"/>.</summary>
    public static ValueTask<TopicEvent> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        _ = parameter;
        return ValueTask.FromResult((TopicEvent)context.Items[typeof(TopicEvent)]!);
    }

    internal static TopicEvent? Parse(JsonElement envelope)
    {
        if (envelope.ValueKind != JsonValueKind.Object || Text(envelope, "id") is not { Length: > 0 } id || Text(envelope, "type") is not { Length: > 0 } type
            || !envelope.TryGetProperty("data", out var data))
        {
            return null;
        }

        var time = DateTimeOffset.TryParse(Text(envelope, "time"), System.Globalization.CultureInfo.InvariantCulture, out var at) ? at.ToUniversalTime() : default;
        return new TopicEvent(id, type, Text(envelope, "source") ?? "", time, Text(envelope, "topic") ?? "", Text(envelope, "partitionkey"), data.Clone());
    }

    private static string? Text(JsonElement envelope, string name) =>
        envelope.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
