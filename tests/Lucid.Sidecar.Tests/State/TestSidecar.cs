using System.Net;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Grpc;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Secrets;
using Lucid.Sidecar.State;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Lucid.Sidecar.Tests.State;

/// <summary>The state and secrets APIs of one app over HTTP/1.1 and h2c, without the rest of a sidecar.</summary>
internal sealed class TestSidecar : IAsyncDisposable
{
    private readonly WebApplication app;

    private TestSidecar(WebApplication app, TestParts parts)
    {
        this.app = app;
        Parts = parts;
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.ToArray();
        (HttpAddress, GrpcAddress) = (addresses[0], addresses[1]);
        Http = new HttpClient { BaseAddress = new Uri(HttpAddress) };
    }

    public TestParts Parts { get; }
    public string HttpAddress { get; }
    public string GrpcAddress { get; }
    public HttpClient Http { get; }

    public static async Task<TestSidecar> StartAsync(TestParts parts)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
        });
        DaprGrpcApi.AddServices(builder.Services, parts.Service, 4 << 20);
        var app = builder.Build();
        app.Use(AnswerErrorsAsync);
        app.Use((context, next) =>
        {
            // Routing sees the escaped path, as in the sidecar.
            var target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
            context.Request.Path = new PathString(target.Split('?')[0]);
            return next(context);
        });
        app.UseRouting();
        StateHttpApi.Map(app, parts.State);
        SecretHttpApi.Map(app, parts.Secrets);
        DaprGrpcApi.Map(app);
        await app.StartAsync();
        return new TestSidecar(app, parts);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.DisposeAsync();
        await Parts.DisposeAsync();
    }

    private static async Task AnswerErrorsAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (DaprApiException refused)
        {
            context.Response.StatusCode = refused.Error.HttpStatus;
            await context.Response.WriteAsJsonAsync(new
            {
                errorCode = refused.Error.Code,
                message = refused.Error.Message,
                reason = refused.Error.Reason,
            });
        }
    }
}

/// <summary>Engines of one app over real components.</summary>
internal sealed class TestParts : IAsyncDisposable
{
    public TestParts(
        string appId = "app",
        TimeProvider? time = null,
        ConfigurationResource? configuration = null,
        SharedResources? shared = null,
        Func<SidecarContext, IResiliency>? resiliency = null,
        string @namespace = "default")
    {
        Shared = shared ?? new SharedResources();
        Time = time ?? TimeProvider.System;
        Host = new ComponentHost(appId, @namespace, Time, NullLoggerFactory.Instance, Shared);
        Registry = Metrics.NewCustomRegistry();
        Context = new SidecarContext
        {
            Options = new SidecarOptions { AppId = appId, Namespace = @namespace },
            Resources = ResourceSet.Empty with { Configuration = configuration ?? ResourceSet.Empty.Configuration },
            App = new NoApp(),
            ComponentHost = Host,
            Resiliency = new NoPolicies(),
            Time = Time,
            Loggers = NullLoggerFactory.Instance,
            Metrics = Metrics.WithCustomRegistry(Registry),
        };
        if (resiliency is not null)
        {
            Context = Context with { Resiliency = resiliency(Context) };
        }
    }

    public SharedResources Shared { get; }
    public TimeProvider Time { get; }
    public ComponentHost Host { get; }
    public CollectorRegistry Registry { get; }
    public SidecarContext Context { get; }
    public Dictionary<string, LoadedComponent<IStateStore>> Stores { get; } = [];
    public Dictionary<string, LoadedComponent<ISecretStore>> SecretStores { get; } = [];
    public StateEngine State => field ??= new StateEngine(Context, Stores);
    public SecretEngine Secrets => field ??= new SecretEngine(Context, SecretStores);
    public DaprService Service => field ??= new DaprService(State, Secrets) { Publish = Publish };
    public IPublishApi? Publish { get; set; }

    public async Task<TestParts> AddAsync(IComponentFactory<IStateStore> factory, string name = "store", params (string Name, string Value)[] metadata)
    {
        var definition = Define(factory.Type, name, metadata);
        Stores[name] = new LoadedComponent<IStateStore>(definition, await factory.CreateAsync(definition, Host, CancellationToken.None));
        return this;
    }

    public TestParts Add(IStateStore store, string name = "store", params (string Name, string Value)[] metadata)
    {
        Stores[name] = new LoadedComponent<IStateStore>(Define("state.test", name, metadata), store);
        return this;
    }

    public async Task<TestParts> AddAsync(IComponentFactory<ISecretStore> factory, string name, params (string Name, string Value)[] metadata)
    {
        var definition = Define(factory.Type, name, metadata);
        SecretStores[name] = new LoadedComponent<ISecretStore>(definition, await factory.CreateAsync(definition, Host, CancellationToken.None));
        return this;
    }

    public static ComponentDefinition Define(string type, string name, params (string Name, string Value)[] metadata) => new(
        name,
        type,
        "v1",
        metadata.ToDictionary(pair => pair.Name, pair => pair.Value, StringComparer.OrdinalIgnoreCase),
        AppContext.BaseDirectory,
        "component.yaml:1");

    public async ValueTask DisposeAsync()
    {
        foreach (var store in Stores.Values)
        {
            await store.Instance.DisposeAsync();
        }

        await Shared.DisposeAsync();
    }

    private sealed class NoApp : IAppChannel
    {
        public bool IsHealthy => true;

        public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("no app in this test");
    }

    private sealed class NoPolicies : IResiliency, IPolicy
    {
        public bool IsConfigured => false;

        public IPolicy ForApp(string appId) => this;

        public IPolicy ForActor(string actorType, string actorId) => this;

        public IPolicy ForComponentOutbound(string component) => this;

        public IPolicy ForComponentInbound(string component) => this;

        public IPolicy? ByName(string retryPolicy) => null;

        public Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> attempt, Func<T, AttemptOutcome> classify, CancellationToken cancellationToken) =>
            attempt(cancellationToken);
    }
}
