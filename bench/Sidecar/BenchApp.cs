using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Lucid.Bench.Sidecar;

/// <summary>
/// An app on Kestrel that refuses whoever does not present the app token. It answers <c>GET /answer</c> with 1 KB, hosts the actor type
/// <c>Counter</c> and notes how old each event is that reaches it.
/// </summary>
internal sealed class BenchApp : IAsyncDisposable
{
    public const string TokenHeader = "dapr-api-token";
    public const string Token = "token-of-the-app";
    public const string PubSub = "lucid-pubsub";
    private static readonly byte[] Answer = [.. Enumerable.Repeat((byte)'x', 1024)];
    private readonly WebApplication application;

    private BenchApp(WebApplication application) => this.application = application;

    /// <summary>Milliseconds from the moment an event carries to its arrival here.</summary>
    public ConcurrentQueue<double> Ages { get; } = new();

    public int Port { get; private set; }

    public static async Task<BenchApp> StartAsync(bool isCallee)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = new BenchApp(builder.Build());
        app.application.Run(context => app.ServeAsync(context, isCallee));
        await app.application.StartAsync();
        app.Port = new Uri(app.application.Urls.First()).Port;
        return app;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private async Task ServeAsync(HttpContext context, bool isCallee)
    {
        var path = context.Request.Path.Value!;
        if (context.Request.Headers[TokenHeader] != Token)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        }
        else if (path == "/answer")
        {
            context.Response.ContentLength = Answer.Length;
            await context.Response.Body.WriteAsync(Answer);
        }
        else if (path == "/deliver")
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body);
            Ages.Enqueue(Stopwatch.GetElapsedTime(body.RootElement.GetProperty("data").GetInt64()).TotalMilliseconds);
        }
        else if (isCallee && path == "/dapr/config")
        {
            await context.Response.WriteAsync("""{"entities":["Counter"]}""");
        }
        else if (isCallee && path == "/dapr/subscribe")
        {
            await context.Response.WriteAsync($$"""[{"pubsubname":"{{PubSub}}","topic":"bench","route":"/deliver"}]""");
        }
        else if (path != "/healthz" && !path.StartsWith("/actors/", StringComparison.Ordinal))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        }
    }
}
