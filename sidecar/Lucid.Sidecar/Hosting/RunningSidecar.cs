using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Health;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Metadata;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Supervision;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Hosting;

/// <summary>
/// One app's sidecar. Order at start: components, listeners, outbound health; then, in the background, the app's port, its health,
/// the parts that need the app, readiness. The last four are repeated whenever the app goes and comes back.
/// </summary>
public sealed partial class RunningSidecar : IRunningSidecar
{
    private readonly SidecarHost host;
    private readonly SidecarContext context;
    private readonly AppChannel app;
    private readonly InvocationCallee callee;
    private readonly InternalClient? client;
    private readonly X509Certificate2? certificate;
    private readonly SidecarParts parts;
    private readonly ServiceProvider services;
    private readonly SidecarServer server;
    private readonly AppLifecycle lifecycle;
    private readonly HealthState health = new();
    private readonly ILogger<RunningSidecar> log;
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int stopping;

    private RunningSidecar(
        SidecarHost host, SidecarContext context, AppChannel app, InvocationCallee callee, InternalClient? client, X509Certificate2? certificate,
        InvocationRoutes routes, InvocationEngine invocation, SidecarParts parts, CollectorRegistry registry)
    {
        this.host = host;
        this.context = context;
        this.app = app;
        this.callee = callee;
        this.client = client;
        this.certificate = certificate;
        this.parts = parts;
        log = context.Loggers.CreateLogger<RunningSidecar>();
        services = Services(context, parts, usesTls: certificate is not null);
        var metadata = new MetadataEngine(context, parts.Metadata with { AppPort = () => app.Port });
        parts.GrpcMetadata?.Attach(metadata, () => _ = StopAsync(CancellationToken.None));
        server = MakeServer(routes, invocation, metadata, registry);
        lifecycle = new AppLifecycle(app, new AppProbe(context.Options, app, context.Time, context.Metrics), parts.WithApp, health, context);
    }

    public string AppId => context.Options.AppId;

    /// <summary>Completes when the app has been initialised for the first time; cancelled when the sidecar stops before.</summary>
    public Task Ready => health.FirstReady;

    public bool IsReady => health.IsReady;

    /// <summary>Completes when the sidecar has stopped, by whatever way.</summary>
    public Task Stopped => stopped.Task;

    /// <summary>The bound ports; of use where 0 was asked for.</summary>
    public int HttpPort => server.Port(ListenerKind.Api)!.Value;

    public int GrpcPort => server.Port(ListenerKind.Grpc)!.Value;

    /// <summary>Null when metrics are off.</summary>
    public int? MetricsPort => server.Port(ListenerKind.Metrics);

    /// <summary>Null when calls from other processes are not taken.</summary>
    public int? InternalPort => server.Port(ListenerKind.Internal);

    internal static async Task<RunningSidecar> StartAsync(SidecarHost host, SidecarOptions options, ResourceSet resources, CancellationToken cancellationToken)
    {
        var app = new AppChannel(options);
        RunningSidecar sidecar;
        try
        {
            sidecar = await ComposeAsync(host, options, resources, app, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            app.Dispose();
            throw;
        }

        try
        {
            await sidecar.OpenAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await sidecar.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return sidecar;
    }

    private static async Task<RunningSidecar> ComposeAsync(SidecarHost host, SidecarOptions options, ResourceSet resources, AppChannel app, CancellationToken cancellationToken)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        var metrics = Prometheus.Metrics.WithCustomRegistry(registry);
        var configuration = resources.Configuration;
        app.Metrics = new HttpClientMetrics(options.AppId, configuration.Metrics, metrics);
        var context = new SidecarContext
        {
            Options = options,
            Resources = resources,
            App = app,
            ComponentHost = new ComponentHost(options.AppId, options.Namespace, host.Options.Time, host.Options.Loggers, host.Shared),
            Resiliency = SidecarComposition.Resiliency(options, resources, host.Options.Time, metrics, host.Options.Loggers),
            Time = host.Options.Time,
            Loggers = host.Options.Loggers,
            Metrics = metrics,
            Tracer = new SidecarTracer(options.AppId, configuration.Tracing, SpanExporters.Of(options.AppId, configuration.Tracing, host.Options.Loggers)),
        };
        var callee = new InvocationCallee(context, app);
        var trustDomain = configuration.AccessControl?.TrustDomain is { Length: > 0 } named ? named : AccessControlList.DefaultTrustDomain;
        var identity = new CallerIdentity(trustDomain, options.Namespace, options.AppId);
        var authenticates = configuration.MtlsEnabled ?? host.Options.MutualAuthentication;
        var certificate = authenticates && host.Options.CertificateAuthority is not null ? host.Options.IssueCertificate?.Invoke(identity) : null;
        if (certificate is not null)
        {
            DaprMetrics.MtlsInitialised.In(metrics).WithLabels(options.AppId).Inc();
        }

        var client = certificate is null ? null : new InternalClient(certificate, host.Options.CertificateAuthority!);
        var names = new NameResolver(configuration, host.Options.Addresses);
        var routes = new InvocationRoutes(callee, authenticates ? identity : null, host.Directory, names, client);
        var invocation = new InvocationEngine(context, routes);
        var parts = await SidecarComposition.ComposeAsync(context, invocation, cancellationToken).ConfigureAwait(false);
        return new RunningSidecar(host, context, app, callee, client, certificate, routes, invocation, parts, registry);
    }

    /// <summary>Names the port of an app that was started after its sidecar (whose own app port is 0) and begins to wait for it.</summary>
    public Task AttachAppAsync(int port, CancellationToken cancellationToken)
    {
        app.Attach(port);
        return NotifyAppRestartedAsync(cancellationToken);
    }

    /// <summary>The app's process is a new one: what was tied to the old is stopped, and initialisation begins anew in the background.</summary>
    public Task NotifyAppRestartedAsync(CancellationToken cancellationToken)
    {
        parts.AppReplaced.ForEach(tell => tell());
        return lifecycle.RestartAsync(cancellationToken);
    }

    public Task StopDeliveryAsync(CancellationToken cancellationToken) => lifecycle.StopAsync(cancellationToken);

    /// <summary>Stops taking messages, lets requests in flight end, closes components; all within the graceful shutdown time.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref stopping, 1) != 0)
        {
            await stopped.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        health.Stop();
        using var limit = new CancellationTokenSource(context.Options.GracefulShutdown, context.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await lifecycle.StopAsync(linked.Token).ConfigureAwait(false);
            await server.StopAsync(linked.Token).ConfigureAwait(false);
            foreach (var part in Enumerable.Reverse(parts.BeforeListeners))
            {
                await part.Stop(linked.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (linked.IsCancellationRequested)
        {
            LogShutdownCut(AppId);
        }
        finally
        {
            host.Directory.Remove(callee);
            await CloseAsync().ConfigureAwait(false);
            stopped.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync() => await StopAsync(CancellationToken.None).ConfigureAwait(false);

    private async Task OpenAsync(CancellationToken cancellationToken)
    {
        host.Directory.Add(callee);
        foreach (var part in parts.BeforeListeners)
        {
            await part.Start(cancellationToken).ConfigureAwait(false);
        }

        await server.StartAsync(cancellationToken).ConfigureAwait(false);
        health.SetOutboundReady();
        LogListening(AppId, HttpPort, GrpcPort);
        lifecycle.Start();
    }

    private SidecarServer MakeServer(InvocationRoutes routes, InvocationEngine invocation, MetadataEngine metadata, CollectorRegistry registry)
    {
        var configuration = context.Resources.Configuration;
        var access = new ApiAccess(configuration);
        var metrics = new HttpServerMetrics(AppId, configuration.Metrics, context.Metrics);
        var http = new RouteTable(services);
        SidecarComposition.MapOwn(http, context, health, metadata, () => _ = StopAsync(CancellationToken.None));
        parts.HttpRoutes.ForEach(map => map(http));
        var grpc = new RouteTable(services);
        parts.GrpcRoutes.ForEach(map => map(grpc));
        var handlers = new Dictionary<ListenerKind, RequestDelegate>
        {
            [ListenerKind.Api] = new ApiPipeline(context, http, access, metrics, invocation).HandleAsync,
            [ListenerKind.Grpc] = new GrpcPipeline(context, grpc, access, metrics, new GrpcProxy(context, routes)).HandleAsync,
            [ListenerKind.Internal] = new InternalListener(callee, certificate is not null).HandleAsync,
        };
        if (configuration.Metrics.Enabled)
        {
            handlers[ListenerKind.Metrics] = request => ExportAsync(request, registry);
        }

        return new SidecarServer(context.Options, handlers, host.Transport, services, certificate, host.Options.CertificateAuthority);
    }

    private static Task ExportAsync(HttpContext context, CollectorRegistry registry)
    {
        if (context.Request.Path != "/metrics")
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
    }

    private static ServiceProvider Services(SidecarContext context, SidecarParts parts, bool usesTls)
    {
        var services = new ServiceCollection();
        services.AddSingleton(context.Loggers);
        services.AddSingleton(typeof(ILogger<>), typeof(Logger<>));
        services.AddSingleton(context.Time);
        services.AddSingleton(_ => new DiagnosticListener("Lucid.Sidecar"));
        services.AddSingleton<DiagnosticSource>(provider => provider.GetRequiredService<DiagnosticListener>());
        services.AddMetrics();
        services.AddRouting();
        if (usesTls)
        {
            KestrelServices.AddTo(services);
        }

        parts.Services.ForEach(add => add(services));
        return services.BuildServiceProvider();
    }

    private async Task CloseAsync()
    {
        await server.DisposeAsync().ConfigureAwait(false);
        lifecycle.Dispose();
        foreach (var owned in Enumerable.Reverse(parts.Owned))
        {
            await owned.DisposeAsync().ConfigureAwait(false);
        }

        await services.DisposeAsync().ConfigureAwait(false);
        client?.Dispose();
        app.Dispose();
        certificate?.Dispose();
        await context.Tracer.DisposeAsync().ConfigureAwait(false);
    }
}
