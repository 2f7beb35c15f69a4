using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.State;

/// <summary>The JSON bodies of the state API. Values keep their JSON text, so large numbers and the order of members survive.</summary>
internal static class StateJson
{
    public const string ExpiryName = "ttlExpireTime";

    /// <summary>RFC 3339 in UTC, whole seconds, as daprd writes it.</summary>
    public static string Expiry(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>The array of a save. Metadata of the query wins over that of an item.</summary>
    public static List<StateItem> Items(JsonElement root, Dictionary<string, string> metadata)
    {
        if (root.ValueKind is not JsonValueKind.Array)
        {
            throw StateErrors.Malformed($"the body must be an array of items, not {Kind(root)}");
        }

        var items = new List<StateItem>(root.GetArrayLength());
        foreach (var element in root.EnumerateArray())
        {
            var item = Item(element, metadata);
            items.Add(item.Key.Length > 0 ? item : throw StateErrors.Malformed("\"key\" is a required field"));
        }

        return items;
    }

    public static List<StateTransactionStep> Steps(JsonElement root, Dictionary<string, string> metadata)
    {
        RequireObject(root, "the body");
        var steps = new List<StateTransactionStep>();
        if (Member(root, "operations") is not { } operations)
        {
            return steps;
        }

        if (operations.ValueKind is not JsonValueKind.Array)
        {
            throw StateErrors.Malformed($"\"operations\" must be an array, not {Kind(operations)}");
        }

        foreach (var element in operations.EnumerateArray())
        {
            RequireObject(element, "an operation");
            var operation = Text(element, "operation") ?? "";
            if (operation is not ("upsert" or "delete"))
            {
                throw StateErrors.UnknownOperation(operation);
            }

            if (Member(element, "request") is not { } request)
            {
                throw StateErrors.Malformed("\"request\" is a required field of an operation");
            }

            var item = Item(request, metadata);
            steps.Add(new StateTransactionStep(
                operation, item.Key.Length > 0 ? item : throw StateErrors.Malformed("\"key\" is a required field")));
        }

        return steps;
    }

    public static (List<string> Keys, int Parallelism) BulkGet(JsonElement root)
    {
        RequireObject(root, "the body");
        List<string> keys = [];
        if (Member(root, "keys") is { } given)
        {
            if (given.ValueKind is not JsonValueKind.Array)
            {
                throw StateErrors.Malformed($"\"keys\" must be an array, not {Kind(given)}");
            }

            keys.AddRange(given.EnumerateArray().Select(key => key.ValueKind is JsonValueKind.String
                ? key.GetString()!
                : throw StateErrors.Malformed($"a key must be a string, not {Kind(key)}")));
        }

        var parallelism = 0;
        if (Member(root, "parallelism") is { } number && !(number.ValueKind is JsonValueKind.Number && number.TryGetInt32(out parallelism)))
        {
            throw StateErrors.Malformed("\"parallelism\" must be a whole number");
        }

        return (keys, parallelism);
    }

    /// <summary>One object for each key; an absent key has nothing but its name.</summary>
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<BulkStateEntry> entries)
    {
        writer.WriteStartArray();
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            writer.WriteString("key", entry.Key);
            if (entry.Error is not null)
            {
                writer.WriteString("error", entry.Error);
            }
            else if (entry.Value is { } value)
            {
                WriteData(writer, value.Data);
                writer.WriteString("etag", value.ETag);
                if (value.ExpiresAt is { } expiry)
                {
                    writer.WriteStartObject("metadata");
                    writer.WriteString(ExpiryName, Expiry(expiry));
                    writer.WriteEndObject();
                }
            }

            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <summary>Stored bytes that are JSON go out as they are; others, which only gRPC can have stored, as a base64 string.</summary>
    private static void WriteData(Utf8JsonWriter writer, ReadOnlyMemory<byte> data)
    {
        if (data.Length == 0)
        {
            return;
        }

        writer.WritePropertyName("data");
        if (IsJson(data.Span))
        {
            writer.WriteRawValue(data.Span, skipInputValidation: true);
        }
        else
        {
            writer.WriteBase64StringValue(data.Span);
        }
    }

    public static bool IsJson(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            return reader.Read() && reader.TrySkip() && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static StateItem Item(JsonElement element, Dictionary<string, string> metadata)
    {
        RequireObject(element, "an item");
        var merged = new Dictionary<string, string>();
        if (Member(element, "metadata") is { } given)
        {
            RequireObject(given, "\"metadata\"");
            foreach (var pair in given.EnumerateObject())
            {
                merged[pair.Name] = pair.Value.ValueKind is JsonValueKind.String ? pair.Value.GetString()! : pair.Value.GetRawText();
            }
        }

        foreach (var (name, value) in metadata)
        {
            merged[name] = value;
        }

        var options = Member(element, "options");
        if (options is { } set)
        {
            RequireObject(set, "\"options\"");
        }

        return new StateItem(
            Text(element, "key") ?? "",
            Member(element, "value") is { } body ? JsonMarshal.GetRawUtf8Value(body).ToArray() : "null"u8.ToArray(),
            Text(element, "etag"),
            options is { } words ? Text(words, "concurrency") ?? "" : "",
            options is { } more ? Text(more, "consistency") ?? "" : "",
            merged);
    }

    /// <summary>A member by its name in any case, as Go's decoder finds it; null is the same as absent.</summary>
    private static JsonElement? Member(JsonElement element, string name)
    {
        if (element.TryGetProperty(name, out var exact))
        {
            return exact.ValueKind is JsonValueKind.Null && name != "value" ? null : exact;
        }

        foreach (var property in element.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase) && property.Value.ValueKind is not JsonValueKind.Null)
            {
                return property.Value;
            }
        }

        return null;
    }

    private static string? Text(JsonElement element, string name) => Member(element, name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => throw StateErrors.Malformed($"\"{name}\" must be a string, not {Kind(other)}"),
    };

    private static void RequireObject(JsonElement element, string what)
    {
        if (element.ValueKind is not JsonValueKind.Object)
        {
            throw StateErrors.Malformed($"{what} must be an object, not {Kind(element)}");
        }
    }

    private static string Kind(JsonElement element) => element.ValueKind.ToString().ToLowerInvariant();
}
