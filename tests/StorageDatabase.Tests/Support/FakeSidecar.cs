using System.Collections.Concurrent;
using System.Text.Json;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Services;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lucid.StorageDatabase.Tests.Support;

/// <summary>The sidecar's invocation route on a free port: the auth service's keys and the catalogues of owners.</summary>
internal sealed class FakeSidecar : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSidecar(WebApplication app) => _app = app;

    public TokenIssuer Issuer { get; } = new();

    public string Address => _app.Urls.Single();

    /// <summary>Status and page by owner and number; who is not here serves none.</summary>
    public ConcurrentDictionary<(string Owner, int Page), (int Status, CataloguePage? Page)> Catalogues { get; } = new();

    public ConcurrentQueue<string> Asked { get; } = new();

    public static async Task<FakeSidecar> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var sidecar = new FakeSidecar(app);
        app.MapGet("/v1.0/healthz/outbound", () => Results.StatusCode(204));
        app.MapGet("/v1.0/invoke/{app}/method/{**path}", sidecar.Invoke);
        await app.StartAsync();
        return sidecar;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Invoke(string app, string path, int page = 0)
    {
        if ("/" + path == Routes.Jwks && app == AppIds.AuthService)
        {
            return Results.Text(Issuer.Jwks, "application/json");
        }

        Asked.Enqueue(app);
        return "/" + path == Routes.Catalogue && Catalogues.TryGetValue((app, page), out var answer)
            ? answer.Page is { } body ? Results.Json(body, JsonDefaults.Tolerant) : Results.StatusCode(answer.Status)
            : Results.NotFound();
    }
}
