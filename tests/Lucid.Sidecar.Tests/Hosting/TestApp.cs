using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace Lucid.Sidecar.Tests.Hosting;

/// <summary>What reached an app.</summary>
public sealed record Seen(string Method, string Target, string Path, Dictionary<string, string[]> Headers, string Body)
{
    public string? Header(string name) => Headers.TryGetValue(name, out var values) ? string.Join(",", values) : null;
}

/// <summary>An application on a port of its own that notes what reaches it and answers "ok", or as a handler of the test says.</summary>
public sealed class TestApp : IAsyncDisposable
{
    private readonly WebApplication application;
    private int port;

    private TestApp(WebApplication application) => this.application = application;

    public ConcurrentQueue<Seen> Requests { get; } = new();

    public int Port => port;

    /// <param name="handle">Answers; when null the body is noted and the answer is "ok".</param>
    public static async Task<TestApp> StartAsync(RequestDelegate? handle = null, HttpProtocols protocols = HttpProtocols.Http1)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = protocols);
        });
        var app = new TestApp(builder.Build());
        app.application.Run(async context =>
        {
            // What a runtime asks every app at its start is answered as by an app that knows nothing of Dapr.
            if (context.Request.Path.StartsWithSegments("/dapr"))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            if (handle is not null)
            {
                app.Note(context, "");
                await handle(context);
                return;
            }

            using var reader = new StreamReader(context.Request.Body);
            app.Note(context, await reader.ReadToEndAsync());
            await context.Response.WriteAsync("ok");
        });
        await app.application.StartAsync();
        app.port = new Uri(app.application.Urls.First()).Port;
        return app;
    }

    public async ValueTask DisposeAsync() => await application.DisposeAsync();

    private void Note(HttpContext context, string body) => Requests.Enqueue(new Seen(
        context.Request.Method,
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
        context.Request.Path.Value ?? "",
        context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.Select(v => v ?? "").ToArray(), StringComparer.OrdinalIgnoreCase),
        body));
}
