using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.PubSub;

/// <summary><c>/v1.0/publish</c> and <c>/v1.0/publish/bulk</c>; a topic may contain slashes.</summary>
public static class PublishHttpApi
{
    private const string MetadataPrefix = "metadata.";
    private static readonly string[] Verbs = [HttpMethods.Post, HttpMethods.Put];

    public static void Map(IEndpointRouteBuilder routes, PublishEngine engine)
    {
        routes.MapMethods("/v1.0/publish/{pubsub}/{**topic}", Verbs, context => PublishAsync(context, engine));
        routes.MapMethods("/v1.0/publish/bulk/{pubsub}/{**topic}", Verbs, context => BulkPublishAsync(context, engine));
        routes.MapMethods("/v1.0-alpha1/publish/bulk/{pubsub}/{**topic}", Verbs, context => BulkPublishAsync(context, engine));
    }

    private static async Task PublishAsync(HttpContext context, PublishEngine engine)
    {
        var (pubSub, topic) = Target(context);
        var body = await ReadBodyAsync(context, engine, pubSub, topic).ConfigureAwait(false);
        var request = new PublishRequest(pubSub, topic, body, context.Request.ContentType, Metadata(context.Request)) { Trace = Trace(context.Request, engine) };
        await engine.PublishAsync(request, context.RequestAborted).ConfigureAwait(false);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task BulkPublishAsync(HttpContext context, PublishEngine engine)
    {
        var (pubSub, topic) = Target(context);
        var body = await ReadBodyAsync(context, engine, pubSub, topic).ConfigureAwait(false);
        var request = new BulkPublishRequest(pubSub, topic, Entries(body, pubSub, topic), Metadata(context.Request)) { Trace = Trace(context.Request, engine) };
        var failures = await engine.BulkPublishAsync(request, context.RequestAborted).ConfigureAwait(false);
        if (failures.Count == 0)
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        context.Response.ContentType = ContentTypes.Json;
        await using var writer = new Utf8JsonWriter(context.Response.BodyWriter);
        writer.WriteStartObject();
        writer.WriteStartArray("failedEntries");
        foreach (var failure in failures)
        {
            writer.WriteStartObject();
            writer.WriteString("entryId", failure.EntryId);
            writer.WriteString("error", failure.Error);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteString("errorCode", "ERR_PUBSUB_PUBLISH_MESSAGE");
        writer.WriteEndObject();
        await writer.FlushAsync(context.RequestAborted).ConfigureAwait(false);
    }

    private static (string PubSub, string Topic) Target(HttpContext context) => (Unescape(context, "pubsub"), Unescape(context, "topic"));

    /// <summary>Routes are matched on the escaped path; parameters are unescaped under the rules of a query, where a plus is a space.</summary>
    private static string Unescape(HttpContext context, string parameter) =>
        Uri.UnescapeDataString(((string?)context.GetRouteValue(parameter) ?? "").Replace('+', ' '));

    private static Dictionary<string, string> Metadata(HttpRequest request)
    {
        var metadata = new Dictionary<string, string>();
        foreach (var (name, values) in request.Query)
        {
            if (name.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            {
                metadata[name[MetadataPrefix.Length..]] = values.Count > 0 ? values[0] ?? "" : "";
            }
        }

        return metadata;
    }

    private static TraceContext Trace(HttpRequest request, PublishEngine engine) =>
        TraceContext.Current(engine.Tracing, request.Headers.TraceParent, request.Headers.TraceState);

    private static async Task<ReadOnlyMemory<byte>> ReadBodyAsync(HttpContext context, PublishEngine engine, string pubSub, string topic)
    {
        var length = context.Request.ContentLength;
        try
        {
            if (length > engine.MaxBodySize)
            {
                throw new IOException($"the body is larger than {engine.MaxBodySize} bytes");
            }

            if (length is { } known)
            {
                var exact = new byte[known];
                await context.Request.Body.ReadExactlyAsync(exact, context.RequestAborted).ConfigureAwait(false);
                return exact;
            }

            using var buffer = new MemoryStream();
            var chunk = new byte[16 * 1024];
            int read;
            while ((read = await context.Request.Body.ReadAsync(chunk, context.RequestAborted).ConfigureAwait(false)) > 0)
            {
                if (buffer.Length + read > engine.MaxBodySize)
                {
                    throw new IOException($"the body is larger than {engine.MaxBodySize} bytes");
                }

                buffer.Write(chunk, 0, read);
            }

            return buffer.ToArray();
        }
        catch (IOException unreadable)
        {
            throw PubSubErrors.Publish(pubSub, topic, unreadable);
        }
    }

    /// <summary>The entries of a bulk request; an event is JSON, base64 or text as its content type says.</summary>
    private static List<BulkPublishEntry> Entries(ReadOnlyMemory<byte> body, string pubSub, string topic)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            List<BulkPublishEntry> entries = [];
            foreach (var item in document.RootElement.EnumerateArray())
            {
                var contentType = Text(item, "contentType");
                Dictionary<string, string> metadata = [];
                if (Property(item, "metadata") is { ValueKind: JsonValueKind.Object } given)
                {
                    foreach (var pair in given.EnumerateObject())
                    {
                        metadata[pair.Name] = pair.Value.GetString() ?? "";
                    }
                }

                entries.Add(new BulkPublishEntry(Text(item, "entryId") ?? "", EventBytes(Property(item, "event"), contentType), contentType, metadata));
            }

            return entries;
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or FormatException)
        {
            throw PubSubErrors.Unmarshal(pubSub, topic, malformed.Message);
        }
    }

    private static ReadOnlyMemory<byte> EventBytes(JsonElement? value, string? contentType)
    {
        if (value is not { } given)
        {
            return default;
        }

        if (ContentTypes.Is(contentType, ContentTypes.Json) || ContentTypes.Is(contentType, ContentTypes.CloudEvent) || given.ValueKind is not JsonValueKind.String)
        {
            return Encoding.UTF8.GetBytes(given.GetRawText());
        }

        return ContentTypes.Is(contentType, ContentTypes.Binary) ? given.GetBytesFromBase64() : Encoding.UTF8.GetBytes(given.GetString()!);
    }

    /// <summary>A property by its name in any case, as Go reads JSON.</summary>
    internal static JsonElement? Property(JsonElement item, string name)
    {
        foreach (var property in item.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return property.Value;
            }
        }

        return null;
    }

    private static string? Text(JsonElement item, string name) => Property(item, name)?.GetString();
}
