using System.Globalization;
using System.Text.Json;

namespace Lucid.StorageDatabase.Domain;

/// <summary>Reads the fields of a view from a document. A member that is missing or of another kind gives nothing.</summary>
internal static class DocumentFields
{
    /// <summary>The value to compare and sort by: text, or a 64-bit integer (times as UTC ticks of 100 ns).</summary>
    public static object? Value(JsonElement document, ViewField field)
    {
        if (Find(document, field.Path) is not { } value)
        {
            return null;
        }

        return field.Kind switch
        {
            FieldKind.Keyword when value.ValueKind == JsonValueKind.String => value.GetString(),
            FieldKind.Title when value.ValueKind == JsonValueKind.String => value.GetString()!.ToLowerInvariant(),
            FieldKind.Number when value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) => number,
            FieldKind.Time when value.ValueKind == JsonValueKind.String
                && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) => time.UtcTicks,
            _ => null,
        };
    }

    /// <summary>The texts of a member: one, those of an array, or none.</summary>
    public static IEnumerable<string> Texts(JsonElement document, string path) => Find(document, path) switch
    {
        { ValueKind: JsonValueKind.String } text => [text.GetString()!],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!),
        _ => [],
    };

    private static JsonElement? Find(JsonElement document, string path)
    {
        foreach (var member in path.Split('.'))
        {
            if (document.ValueKind != JsonValueKind.Object || !document.TryGetProperty(member, out document))
            {
                return null;
            }
        }

        return document;
    }
}
