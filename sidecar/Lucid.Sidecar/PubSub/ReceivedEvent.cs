using System.Globalization;
using System.Text.Json;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub;

/// <summary>A message from the broker as the CloudEvent the app will see.</summary>
internal sealed class ReceivedEvent : IDisposable
{
    private static readonly JsonDocumentOptions DocumentOptions = new() { MaxDepth = 1001 };

    private readonly JsonDocument document;

    private ReceivedEvent(ReadOnlyMemory<byte> body)
    {
        Body = body;
        document = JsonDocument.Parse(body, DocumentOptions);
        if (document.RootElement.ValueKind is not JsonValueKind.Object)
        {
            document.Dispose();
            throw new JsonException("a CloudEvent must be a JSON object");
        }
    }

    /// <summary>What is sent to the app, byte for byte as it came unless the subscription is raw.</summary>
    public ReadOnlyMemory<byte> Body { get; }

    public JsonElement Root => document.RootElement;

    public string Id => Text("id") ?? "(none)";

    public string? TraceParent => Text("traceparent") is { Length: > 0 } parent ? parent : Text("traceid") is { Length: > 0 } id ? id : null;

    public string? TraceState => Text("tracestate") is { Length: > 0 } state ? state : null;

    /// <exception cref="JsonException">The message is no CloudEvent and the subscription is not raw.</exception>
    public static ReceivedEvent Read(PubSubMessage message, bool rawPayload, string topic, string pubSubName, TimeProvider time) =>
        new(rawPayload ? CloudEventEnvelope.FromRawPayload(message.Data, topic, pubSubName, message.Metadata, time) : message.Data);

    public bool HasExpired(TimeProvider time) =>
        Text("expiration") is { } text
        && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out var expiration)
        && expiration < time.GetUtcNow();

    public void Dispose() => document.Dispose();

    private string? Text(string name) =>
        Root.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
