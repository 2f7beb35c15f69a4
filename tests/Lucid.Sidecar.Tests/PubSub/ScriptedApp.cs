using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.PubSub;

/// <summary>An app whose answers a test scripts; every request is kept.</summary>
internal sealed class ScriptedApp : IAppChannel
{
    private readonly ConcurrentQueue<AppRequest> received = new();

    public bool IsHealthy { get; set; } = true;

    /// <summary>The body of <c>GET /dapr/subscribe</c>; null answers 404.</summary>
    public string? Subscriptions { get; set; }

    public Func<AppRequest, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } = (_, _) => Task.FromResult(Status(200));

    /// <summary>Deliveries in the order they began.</summary>
    public IReadOnlyList<AppRequest> Received => [.. received];

    public static HttpResponseMessage Status(int status, string body = "") =>
        new((HttpStatusCode)status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var path = request.RequestUri!.OriginalString;
        if (request.Method == HttpMethod.Get)
        {
            Assert.Equal("/dapr/subscribe", path);
            return Subscriptions is null ? Status(404) : Status(200, Subscriptions);
        }

        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var headers = request.Headers.ToDictionary(header => header.Key, header => string.Join(",", header.Value), StringComparer.OrdinalIgnoreCase);
        var kept = new AppRequest(path, request.Content.Headers.ContentType!.ToString(), body, headers);
        received.Enqueue(kept);
        return await Answer(kept, cancellationToken);
    }
}

internal sealed record AppRequest(string Path, string ContentType, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public string Data => Json.GetProperty("data").GetString()!;
}
