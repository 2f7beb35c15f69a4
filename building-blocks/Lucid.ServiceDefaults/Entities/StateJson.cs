using System.Text.Json;
using System.Text.Json.Serialization;

namespace Lucid.ServiceDefaults.Entities;

/// <summary>How stored documents are written: the rules of <see cref="JsonDefaults"/>, tolerant, with room for the wrapper around a document.</summary>
internal static class StateJson
{
    public static JsonSerializerOptions Options { get; } = Make();

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    public static T Read<T>(StateItem item) =>
        JsonSerializer.Deserialize<T>(item.Value.Span, Options) ?? throw new JsonException($"a stored {typeof(T).Name} is null");

    private static JsonSerializerOptions Make()
    {
        var options = new JsonSerializerOptions(JsonSerializerDefaults.Web);
        JsonDefaults.Apply(options, JsonUnmappedMemberHandling.Skip);
        options.MaxDepth = 64;
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
