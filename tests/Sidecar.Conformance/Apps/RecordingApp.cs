using System.Collections.Concurrent;
using Lucid.Sidecar.Conformance.Launching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Lucid.Sidecar.Conformance.Apps;

/// <summary>An app on Kestrel that records what reaches it and answers as the test says: 200 without a body unless told otherwise.</summary>
public sealed class RecordingApp : IAsyncDisposable
{
    private readonly ConcurrentQueue<RecordedRequest> requests = new();
    private readonly ConcurrentDictionary<string, Func<RecordedRequest, HttpContext, Task>> answers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Func<HttpContext, Task>> streams = new(StringComparer.Ordinal);
    private WebApplication? web;

    public int Port { get; } = FreePorts.Take();

    /// <summary>Answer to <c>GET /dapr/config</c>; null: 404.</summary>
    public string? DaprConfig { get; init; }

    /// <summary>Answer to <c>GET /dapr/subscribe</c>; null: 404.</summary>
    public string? DaprSubscribe { get; init; }

    /// <summary>Everything but <c>/dapr/*</c>, in order of arrival.</summary>
    public IReadOnlyList<RecordedRequest> Requests => [.. requests];

    /// <summary>Requests whose path begins so.</summary>
    public IReadOnlyList<RecordedRequest> At(string path) => [.. requests.Where(request => request.Path.StartsWith(path, StringComparison.Ordinal))];

    /// <summary>Answers every request whose path, without query, is <paramref name="path"/>.</summary>
    public void On(string path, Func<RecordedRequest, HttpContext, Task> answer) => answers[path] = answer;

    /// <summary>The same with the body still to be read; such a request is not recorded.</summary>
    public void OnStream(string path, Func<HttpContext, Task> answer) => streams[path] = answer;

    public async Task<RecordingApp> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls($"http://127.0.0.1:{Port}");
        builder.Logging.ClearProviders();
        web = builder.Build();
        web.Run(AnswerAsync);
        await web.StartAsync();
        return this;
    }

    /// <summary>The app goes away; what it recorded stays.</summary>
    public async Task StopAsync()
    {
        if (web is not null)
        {
            await web.DisposeAsync();
            web = null;
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task AnswerAsync(HttpContext http)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (target is "/dapr/config" or "/dapr/subscribe")
        {
            var json = target == "/dapr/config" ? DaprConfig : DaprSubscribe;
            http.Response.StatusCode = json is null ? 404 : 200;
            await http.Response.WriteAsync(json ?? "");
            return;
        }

        if (streams.TryGetValue(target.Split('?')[0], out var stream))
        {
            await stream(http);
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var request = new RecordedRequest(
            http.Request.Method, target, http.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray());
        requests.Enqueue(request);
        if (answers.TryGetValue(target.Split('?')[0], out var answer))
        {
            await answer(request, http);
        }
    }
}
