using Lucid.BlockchainEngine.Tests.Support;
using Lucid.Contracts.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lucid.SessionAnchoring.Tests.Support;

/// <summary>The invocation route of the anchoring service's sidecar: forwards to the engine, or fails as the test wants.</summary>
internal sealed class ForwardingSidecar : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly HttpClient engine;
    private int calls;

    private ForwardingSidecar(WebApplication app, HttpClient engine) => (this.app, this.engine) = (app, engine);

    public string Address => app.Urls.Single();

    public int Calls => Volatile.Read(ref calls);

    /// <summary>Nothing reaches the engine.</summary>
    public bool IsDown { get; set; }

    /// <summary>Calls reach the engine and the answers are lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Changes an answer on the way.</summary>
    public Func<string, byte[], byte[]> Tamper { get; set; } = (_, body) => body;

    public static async Task<ForwardingSidecar> StartAsync(EngineServer server)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sidecar = new ForwardingSidecar(app, server.Client(AppIds.SessionAnchoring));
        app.Map("/v1.0/invoke/{app}/method/{**path}", (string path, HttpContext context) => sidecar.ForwardAsync(path, context));
        await app.StartAsync();
        return sidecar;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        engine.Dispose();
    }

    private async Task ForwardAsync(string path, HttpContext context)
    {
        Interlocked.Increment(ref calls);
        if (IsDown)
        {
            context.Response.StatusCode = 500;
            return;
        }

        using var request = new HttpRequestMessage(new HttpMethod(context.Request.Method), $"/{path}{context.Request.QueryString}");
        if (context.Request.Method == "POST")
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body);
            request.Content = new ByteArrayContent(body.ToArray());
            request.Content.Headers.ContentType = new("application/json");
        }

        using var response = await engine.SendAsync(request);
        if (LosesAnswers)
        {
            context.Response.StatusCode = 500;
            return;
        }

        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(Tamper(path, await response.Content.ReadAsByteArrayAsync()));
    }
}
