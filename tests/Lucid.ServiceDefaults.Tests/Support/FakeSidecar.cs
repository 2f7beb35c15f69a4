using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;

namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>The few routes of a sidecar's HTTP API that the defaults use, on a free port; invocations go to a delegate by app-id and path.</summary>
internal sealed class FakeSidecar : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSidecar(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public bool IsHealthy { get; set; } = true;

    public ConcurrentQueue<HttpRequestSnapshot> Invocations { get; } = new();

    public Func<string, HttpContext, Task> OnInvoke { get; set; } = (_, context) =>
    {
        context.Response.StatusCode = 404;
        return Task.CompletedTask;
    };

    public static async Task<FakeSidecar> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sidecar = new FakeSidecar(app);
        app.MapGet("/v1.0/healthz/outbound", () => Results.StatusCode(sidecar.IsHealthy ? 204 : 500));
        app.Map("/v1.0/invoke/{app}/method/{**path}", async (string app, string path, HttpContext context) =>
        {
            sidecar.Invocations.Enqueue(new HttpRequestSnapshot(
                context.Request.Method, app, "/" + path, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
            await sidecar.OnInvoke(app, context);
        });
        await app.StartAsync();
        return sidecar;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

internal sealed record HttpRequestSnapshot(string Method, string App, string Path, IReadOnlyDictionary<string, string> Headers);
