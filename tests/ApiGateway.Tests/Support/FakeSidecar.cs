using System.Collections.Concurrent;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.ApiGateway.Tests.Support;

/// <summary>Takes invocations as a sidecar does and records what arrives; the JWKS of the auth service is answered, the rest goes to a delegate.</summary>
internal sealed class FakeSidecar : IAsyncDisposable
{
    private const string Prefix = "/v1.0/invoke/";
    private readonly WebApplication _app;

    private FakeSidecar(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single();

    public TokenIssuer Tokens { get; } = new();

    /// <summary>Invocations but those for keys.</summary>
    public ConcurrentQueue<Invocation> Invocations { get; } = new();

    public RequestDelegate OnInvoke { get; set; } = context => context.Response.WriteAsync("{}", context.RequestAborted);

    public static async Task<FakeSidecar> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = null);
        var app = builder.Build();
        var sidecar = new FakeSidecar(app);
        app.Run(sidecar.TakeAsync);
        await app.StartAsync();
        return sidecar;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        if (!target.StartsWith(Prefix, StringComparison.Ordinal))
        {
            context.Response.StatusCode = 204;
            return;
        }

        var rest = target[Prefix.Length..];
        var border = rest.IndexOf("/method/", StringComparison.Ordinal);
        var (app, path) = (rest[..border], rest[(border + "/method".Length)..]);
        if (app == AppIds.AuthService && path == "/.well-known/jwks.json" && !context.Request.Headers.ContainsKey(LucidHeaders.ClientAddress))
        {
            await context.Response.WriteAsync(Tokens.Jwks); // the gateway's own question, not one it hands on
            return;
        }

        Invocations.Enqueue(new Invocation(
            context.Request.Method, app, path, context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        await OnInvoke(context);
    }
}

/// <param name="Path">Raw, with its query.</param>
internal sealed record Invocation(string Method, string App, string Path, IReadOnlyDictionary<string, string> Headers);
