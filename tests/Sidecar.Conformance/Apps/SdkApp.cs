using System.Collections.Concurrent;
using System.Text.Json;
using Dapr.AspNetCore;
using Dapr.Client;
using Lucid.Sidecar.Conformance.Launching;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lucid.Sidecar.Conformance.Apps;

/// <summary>
/// An app as one writes it with the SDK: subscribed by endpoint metadata to <c>shipped</c> on <c>shared</c>, CloudEvents unwrapped;
/// <c>GET /price/{item}</c> can be invoked.
/// </summary>
public sealed class SdkApp(SidecarSpec sidecar) : IAsyncDisposable
{
    private readonly ConcurrentQueue<JsonElement> shipped = new();
    private WebApplication? web;

    public int Port => sidecar.AppPort;

    /// <summary>The data of the events received.</summary>
    public IReadOnlyList<JsonElement> Shipped => [.. shipped];

    /// <summary>The client that the SDK gives the app.</summary>
    public DaprClient Client => web!.Services.GetRequiredService<DaprClient>();

    public async Task<SdkApp> StartAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration["DAPR_HTTP_PORT"] = $"{sidecar.HttpPort}";
        builder.Configuration["DAPR_GRPC_PORT"] = $"{sidecar.GrpcPort}";
        builder.WebHost.UseUrls($"http://127.0.0.1:{Port}");
        builder.Logging.ClearProviders();
        builder.Services.AddDaprClient();
        web = builder.Build();
        web.UseCloudEvents();
        web.MapSubscribeHandler();
        web.MapGet("/price/{item}", (string item) => new { item, each = item.Length });
        web.MapPost("/shipped", (JsonElement data) => shipped.Enqueue(data)).WithTopic("shared", "shipped");
        await web.StartAsync();
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        if (web is not null)
        {
            await web.DisposeAsync();
        }
    }
}
