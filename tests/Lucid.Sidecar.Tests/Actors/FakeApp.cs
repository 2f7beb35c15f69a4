using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Actors;

/// <summary>An app that records what its sidecar sends. Methods answer 200 unless told otherwise.</summary>
internal sealed class FakeApp : IAppChannel
{
    private readonly ConcurrentQueue<AppCall> calls = new();

    public bool IsHealthy { get; set; } = true;

    public Func<AppCall, CancellationToken, Task<HttpResponseMessage>> Answer { get; set; } = (_, _) => Task.FromResult(Ok());

    public IReadOnlyList<AppCall> Calls => [.. calls];

    public static HttpResponseMessage Ok(string body = "", params (string Name, string Value)[] headers) => Status(HttpStatusCode.OK, body, headers);

    public static HttpResponseMessage Status(HttpStatusCode status, string body = "", params (string Name, string Value)[] headers)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        foreach (var (name, value) in headers)
        {
            response.Headers.TryAddWithoutValidation(name, value);
        }

        return response;
    }

    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Assert.False(request.RequestUri!.IsAbsoluteUri);
        var call = new AppCall(
            request.Method.Method,
            request.RequestUri.OriginalString,
            request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken),
            request.Headers.Concat(request.Content?.Headers ?? Enumerable.Empty<KeyValuePair<string, IEnumerable<string>>>())
                .SelectMany(header => header.Value.Select(value => (header.Key, value))).ToArray());
        calls.Enqueue(call);
        return await Answer(call, cancellationToken);
    }
}

internal sealed record AppCall(string Method, string Path, string Body, IReadOnlyList<(string Name, string Value)> Headers)
{
    public string? Header(string name) =>
        Headers.FirstOrDefault(header => string.Equals(header.Name, name, StringComparison.OrdinalIgnoreCase)).Value;
}
