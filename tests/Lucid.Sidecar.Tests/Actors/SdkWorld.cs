using System.Globalization;
using Dapr.Actors;
using Dapr.Actors.Client;
using Lucid.Sidecar.Actors;
using Lucid.Sidecar.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Lucid.Sidecar.Tests.Actors;

/// <summary>A real app with the Dapr SDK and the engine behind a real HTTP port, both in this process, on the system's clock.</summary>
internal sealed class SdkWorld : IAsyncDisposable
{
    private readonly ActorBench bench;
    private readonly LoopbackApp channel;
    private readonly WebApplication sidecar;
    private readonly WebApplication app;

    private SdkWorld(ActorEngine engine, WebApplication sidecar, WebApplication app, ActorBench bench, LoopbackApp channel)
    {
        Engine = engine;
        this.sidecar = sidecar;
        this.app = app;
        this.bench = bench;
        this.channel = channel;
    }

    public ActorEngine Engine { get; }
    public MemoryStore Store => bench.Store;

    /// <summary>The sidecar's HTTP API.</summary>
    public HttpClient Api { get; } = new();

    public static async Task<SdkWorld> StartAsync(bool reentrant = false, TimeSpan? idle = null)
    {
        var bench = new ActorBench();
        var channel = new LoopbackApp();
        var engine = await bench.StartAsync(channel, config: null, appId: "counting", time: TimeProvider.System);

        var sidecar = Build(_ => { });
        sidecar.Use(CleanPathAsync);
        sidecar.Use(WriteErrorAsync);
        sidecar.UseRouting();
        ActorHttpApi.Map(sidecar, engine);
        await sidecar.StartAsync();

        var app = Build(builder =>
        {
            builder.Configuration["DAPR_HTTP_PORT"] = new Uri(sidecar.Urls.Single()).Port.ToString(CultureInfo.InvariantCulture);
            builder.Services.AddActors(options =>
            {
                options.Actors.RegisterActor<Counter>();
                options.ReentrancyConfig.Enabled = reentrant;
                if (idle is { } timeout)
                {
                    options.ActorIdleTimeout = timeout;
                }
            });
        });
        app.MapActorsHandlers();
        await app.StartAsync();

        channel.Address = new Uri(app.Urls.Single());
        await engine.StartAsync(CancellationToken.None);
        var world = new SdkWorld(engine, sidecar, app, bench, channel);
        world.Api.BaseAddress = new Uri(sidecar.Urls.Single());
        return world;
    }

    public ICounter Counter(string id) =>
        app.Services.GetRequiredService<IActorProxyFactory>().CreateActorProxy<ICounter>(new ActorId(id), "Counter");

    public ActorProxy Weak(string id) => app.Services.GetRequiredService<IActorProxyFactory>().Create(new ActorId(id), "Counter");

    public async ValueTask DisposeAsync()
    {
        await bench.DisposeAsync();
        await app.DisposeAsync();
        await sidecar.DisposeAsync();
        channel.Dispose();
        Api.Dispose();
    }

    private static WebApplication Build(Action<WebApplicationBuilder> configure)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        configure(builder);
        return builder.Build();
    }

    /// <summary>The part of the host's path cleaning that the SDK needs: its URLs begin with two slashes.</summary>
    private static Task CleanPathAsync(HttpContext http, RequestDelegate next)
    {
        http.Request.Path = "/" + http.Request.Path.Value!.TrimStart('/');
        return next(http);
    }

    private static async Task WriteErrorAsync(HttpContext http, RequestDelegate next)
    {
        try
        {
            await next(http);
        }
        catch (DaprApiException refusal)
        {
            http.Response.StatusCode = refusal.Error.HttpStatus;
            await http.Response.WriteAsJsonAsync(new { errorCode = refusal.Error.Code, message = refusal.Error.Message });
        }
    }

    private sealed class LoopbackApp : IAppChannel, IDisposable
    {
        private readonly HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Timeout.InfiniteTimeSpan };

        public Uri? Address { get; set; }
        public bool IsHealthy => Address is not null;

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.RequestUri = new Uri(Address!, request.RequestUri!);
            return client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }

        public void Dispose() => client.Dispose();
    }
}
