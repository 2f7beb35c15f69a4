using System.Text.Json;

namespace Lucid.ServiceDefaults.Entities;

/// <summary>Stored documents as bytes. A member added later must be nullable or have a default, for the documents that were stored before.</summary>
internal static class StateJson
{
    public static JsonSerializerOptions Options => JsonDefaults.Stored;

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static T Read<T>(StateItem item) =>
        JsonSerializer.Deserialize<T>(item.Value.Span, Options) ?? throw new JsonException($"a stored {typeof(T).Name} is null");
}
