using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Tests.Telemetry;

/// <summary>An app that hosts one type of actor and answers every call.</summary>
internal sealed class ActorApp : IAsyncDisposable
{
    private readonly WebApplication application;

    private ActorApp(WebApplication application) => this.application = application;

    public ConcurrentQueue<(string Path, string? TraceParent)> Calls { get; } = new();

    public int Port { get; private set; }

    public static async Task<ActorApp> StartAsync(string type)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = new ActorApp(builder.Build());
        app.application.Run(async http =>
        {
            if (http.Request.Path == "/dapr/config")
            {
                await http.Response.WriteAsync($$"""{"entities":["{{type}}"]}""");
                return;
            }

            if (http.Request.Path.StartsWithSegments("/dapr"))
            {
                http.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            if (HttpMethods.IsPut(http.Request.Method))
            {
                app.Calls.Enqueue((http.Request.Path.Value!, http.Request.Headers.TraceParent));
            }
        });
        await app.application.StartAsync();
        app.Port = new Uri(app.application.Urls.First()).Port;
        return app;
    }

    public ValueTask DisposeAsync() => application.DisposeAsync();
}
