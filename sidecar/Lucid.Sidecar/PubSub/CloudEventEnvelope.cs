using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Lucid.Sidecar.PubSub;

/// <summary>Writes CloudEvents 1.0 in their JSON format as daprd fills them in. JSON passes through as text, so that numbers keep every digit.</summary>
internal static class CloudEventEnvelope
{
    public const string DefaultType = "com.dapr.event.sent";
    public const string BulkType = "com.dapr.event.sent.bulk";
    private const string SpecVersion = "1.0";
    private const string DefaultSource = "Dapr";
    private const int DeepestJson = 1000;

    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = DeepestJson + 1 };
    private static readonly JsonReaderOptions ReaderOptions = new() { MaxDepth = DeepestJson };
    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = DeepestJson };

    /// <summary>The event for a publish request: the app's own CloudEvent completed, or its data wrapped.</summary>
    /// <exception cref="JsonException">The content type says CloudEvent and the body is no JSON object.</exception>
    public static ReadOnlyMemory<byte> Create(PublishRequest request, string appId, TimeProvider time)
    {
        var buffer = new ArrayBufferWriter<byte>(request.Data.Length + 512);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            if (ContentTypes.Is(request.ContentType, ContentTypes.CloudEvent))
            {
                Complete(writer, request, time);
            }
            else
            {
                Wrap(writer, request, appId, time);
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>The event a subscriber with <c>rawPayload</c> gets; the same message has another id each time it is delivered.</summary>
    public static ReadOnlyMemory<byte> FromRawPayload(ReadOnlyMemory<byte> data, string topic, string pubSubName, IReadOnlyDictionary<string, string> metadata, TimeProvider time)
    {
        var buffer = new ArrayBufferWriter<byte>((data.Length * 4 / 3) + 512);
        using (var writer = new Utf8JsonWriter(buffer, WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("id", NewId(time));
            writer.WriteString("specversion", SpecVersion);
            writer.WriteString("datacontenttype", ContentTypes.Binary);
            writer.WriteString("source", DefaultSource);
            writer.WriteString("type", DefaultType);
            writer.WriteString("topic", topic);
            writer.WriteString("pubsubname", pubSubName);
            var parent = MessageMetadata.Find(metadata, "traceparent");
            if ((parent ?? MessageMetadata.Find(metadata, "traceid")) is { } trace)
            {
                writer.WriteString("traceid", trace);
            }

            WriteIfPresent(writer, "traceparent", parent);
            WriteIfPresent(writer, "tracestate", MessageMetadata.Find(metadata, "tracestate"));
            writer.WriteBase64String("data_base64", data.Span);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    public static string NewId(TimeProvider time) => Guid.CreateVersion7(time.GetUtcNow()).ToString();

    private static void Wrap(Utf8JsonWriter writer, PublishRequest request, string appId, TimeProvider time)
    {
        var metadata = request.Metadata;
        var contentType = string.IsNullOrEmpty(request.ContentType) ? ContentTypes.Text : request.ContentType;
        var parent = Override(metadata, "cloudevent.traceparent") ?? Override(metadata, "cloudevent.traceid") ?? request.Trace.Parent;

        writer.WriteString("id", Override(metadata, "cloudevent.id") ?? NewId(time));
        writer.WriteString("specversion", SpecVersion);
        writer.WriteString("type", Override(metadata, "cloudevent.type") ?? DefaultType);
        writer.WriteString("source", Override(metadata, "cloudevent.source") ?? appId);
        WriteIfPresent(writer, "subject", Override(metadata, "cloudevent.subject"));
        writer.WriteString("time", Now(time));
        writer.WriteString("datacontenttype", contentType);
        writer.WriteString("topic", request.Topic);
        writer.WriteString("pubsubname", request.PubSubName);
        writer.WriteString("traceid", parent);
        writer.WriteString("traceparent", parent);
        writer.WriteString("tracestate", Override(metadata, "cloudevent.tracestate") ?? request.Trace.State);
        WriteExpiration(writer, metadata, time);

        var data = request.Data.Span;
        if (ContentTypes.Is(contentType, ContentTypes.Binary))
        {
            writer.WriteBase64String("data_base64", data);
        }
        else if (ContentTypes.Is(contentType, ContentTypes.Json) && IsJson(data))
        {
            writer.WritePropertyName("data");
            writer.WriteRawValue(data, skipInputValidation: true);
        }
        else
        {
            writer.WriteString("data", Encoding.UTF8.GetString(data));
        }
    }

    private static void Complete(Utf8JsonWriter writer, PublishRequest request, TimeProvider time)
    {
        using var document = JsonDocument.Parse(request.Data, DocumentOptions);
        var given = document.RootElement;
        if (given.ValueKind is not JsonValueKind.Object)
        {
            throw new JsonException("a CloudEvent must be a JSON object");
        }

        var expires = MessageMetadata.TimeToLive(request.Metadata) is not null;
        var hasTrace = HasText(given, "traceparent");
        HashSet<string> written = [];
        foreach (var property in given.EnumerateObject().Reverse())
        {
            // The last of repeated names counts, and each is written once.
            var isOurs = property.Name is "topic" or "pubsubname"
                || (property.Name is "traceparent" or "traceid" or "tracestate" && !hasTrace)
                || (property.Name is "expiration" && expires);
            var isMissing = property.Name is "source" or "type" or "specversion" or "time" && property.Value.ValueKind is JsonValueKind.Null;
            if (!isOurs && !isMissing && written.Add(property.Name))
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteString("topic", request.Topic);
        writer.WriteString("pubsubname", request.PubSubName);
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("source", DefaultSource), ("type", DefaultType), ("specversion", SpecVersion)])
        {
            if (!written.Contains(name))
            {
                writer.WriteString(name, value);
            }
        }

        if (!written.Contains("time"))
        {
            writer.WriteString("time", Now(time));
        }

        if (!hasTrace)
        {
            writer.WriteString("traceid", request.Trace.Parent);
            writer.WriteString("traceparent", request.Trace.Parent);
            writer.WriteString("tracestate", request.Trace.State);
        }

        WriteExpiration(writer, request.Metadata, time);
    }

    private static bool HasText(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString() is { Length: > 0 };

    private static string? Override(IReadOnlyDictionary<string, string> metadata, string name) =>
        MessageMetadata.Find(metadata, name) is { Length: > 0 } value ? value : null;

    private static void WriteIfPresent(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteExpiration(Utf8JsonWriter writer, IReadOnlyDictionary<string, string> metadata, TimeProvider time)
    {
        if (MessageMetadata.TimeToLive(metadata) is { } timeToLive)
        {
            writer.WriteString("expiration", (time.GetUtcNow() + timeToLive).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        }
    }

    private static string Now(TimeProvider time) => time.GetLocalNow().ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);

    private static bool IsJson(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data, ReaderOptions);
            var any = false;
            while (reader.Read())
            {
                any = true;
            }

            return any;
        }
        catch (JsonException)
        {
            // Not JSON whatever the content type says: the caller sends it as a string.
            return false;
        }
    }
}
