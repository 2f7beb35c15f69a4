using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Lucid.Sidecar.PubSub;

/// <summary>Requests of deliveries and what the app's answers mean.</summary>
internal static class AppRequests
{
    /// <summary>Names that the runtime, the transport or the second wall of the app own; message metadata, which a publisher chooses, never set them.</summary>
    private static readonly HashSet<string> OwnHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "authorization", "baggage", "connection", "cookie", "expect", "forwarded", "host", "keep-alive", "proxy-authorization", "proxy-connection",
        "te", "trailer", "traceparent", "tracestate", "transfer-encoding", "upgrade", "via",
    };

    public static HttpRequestMessage Post(string path, ReadOnlyMemory<byte> body, string contentType, IReadOnlyDictionary<string, string> metadata, string pubSubName)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(path, UriKind.Relative)) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        foreach (var (name, value) in metadata)
        {
            if (!IsOwn(name) && value.AsSpan().IndexOfAnyInRange('\0', '\u001f') < 0)
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        request.Headers.Remove("pubsubname");
        request.Headers.TryAddWithoutValidation("pubsubname", pubSubName);
        return request;
    }

    public static async Task<DeliveryAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (response.StatusCode is HttpStatusCode.NotFound)
        {
            return new DeliveryAnswer(DeliveryResult.Drop, status);
        }

        if (status is < 200 or > 299)
        {
            return new DeliveryAnswer(DeliveryResult.Retry, status);
        }

        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        return new DeliveryAnswer(StatusOf(body) switch
        {
            null or "" or "SUCCESS" => DeliveryResult.Success,
            "DROP" => DeliveryResult.Drop,
            _ => DeliveryResult.Retry,
        });
    }

    /// <summary>The <c>status</c> of an answer; null when it is not JSON of that form, which means success.</summary>
    private static string? StatusOf(byte[] body)
    {
        if (body.Length == 0)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind is JsonValueKind.Object
                && PublishHttpApi.Property(document.RootElement, "status") is { ValueKind: JsonValueKind.String } status ? status.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsOwn(string name) =>
        OwnHeaders.Contains(name)
        || name.StartsWith("dapr-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("content-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("x-lucid-", StringComparison.OrdinalIgnoreCase)
        || name.StartsWith("x-forwarded-", StringComparison.OrdinalIgnoreCase);
}
