using System.Text.Json;

namespace Lucid.Sidecar.Actors;

/// <summary>Reading JSON the way Go's decoder does: property names without case, null like absent.</summary>
internal static class Json
{
    public static JsonElement? Property(JsonElement element, string name)
    {
        foreach (var property in element.EnumerateObject())
        {
            if (string.Equals(property.Name, name, StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind != JsonValueKind.Null)
            {
                return property.Value;
            }
        }

        return null;
    }

    /// <summary>A string property; empty when absent.</summary>
    /// <exception cref="JsonException">It is something else than a string.</exception>
    public static string Text(JsonElement element, string name) => Property(element, name) switch
    {
        null => "",
        { ValueKind: JsonValueKind.String } value => value.GetString()!,
        _ => throw new JsonException($"{name} must be a string"),
    };

    /// <summary>The JSON of a property as it stands in the document; empty when absent.</summary>
    public static ReadOnlyMemory<byte> Raw(JsonElement element, string name) =>
        Property(element, name) is { } value ? System.Text.Encoding.UTF8.GetBytes(value.GetRawText()) : ReadOnlyMemory<byte>.Empty;

    public static IEnumerable<string> Strings(JsonElement element, string name) =>
        Property(element, name) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)
            : [];
}
