using System.Net;
using System.Security.Cryptography.X509Certificates;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Runtime;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;

namespace Lucid.Sidecar.Hosting;

/// <summary>What a listener of a sidecar is for.</summary>
internal enum ListenerKind { Api, Grpc, Metrics, Internal }

/// <summary>One Kestrel with the listeners of one sidecar, each handing its requests to its own handler.</summary>
internal sealed class SidecarServer : IAsyncDisposable
{
    // net/http grants this much beyond the configured header size.
    private const int HeaderAllowance = 4096;

    private readonly KestrelServer kestrel;
    private readonly SidecarApplication application;
    private readonly Dictionary<ListenerKind, ListenOptions> listeners = [];

    public SidecarServer(
        SidecarOptions options,
        IReadOnlyDictionary<ListenerKind, RequestDelegate> handlers,
        IConnectionListenerFactory transport,
        ServiceProvider services,
        X509Certificate2? certificate,
        X509Certificate2? authority)
    {
        var kestrelOptions = new KestrelServerOptions { ApplicationServices = services, AddServerHeader = false, AllowAlternateSchemes = true };
        kestrelOptions.Limits.MaxRequestBodySize = options.MaxBodySize;
        kestrelOptions.Limits.MaxRequestHeadersTotalSize = options.ReadBufferSize + HeaderAllowance;
        kestrelOptions.Limits.MaxRequestLineSize = options.ReadBufferSize + HeaderAllowance;
        kestrelOptions.Limits.MinRequestBodyDataRate = null;
        kestrelOptions.Limits.MinResponseDataRate = null;

        foreach (var text in options.ListenAddresses)
        {
            var address = text is "localhost" ? IPAddress.Loopback : IPAddress.Parse(text.Trim('[', ']'));
            Listen(ListenerKind.Api, address, options.HttpPort, HttpProtocols.Http1AndHttp2, listen => listen.Use(Http2Sniffer.Use));
            Listen(ListenerKind.Grpc, address, options.GrpcPort, HttpProtocols.Http2, null);
            if (handlers.ContainsKey(ListenerKind.Metrics))
            {
                Listen(ListenerKind.Metrics, address, options.MetricsPort, HttpProtocols.Http1, null);
            }

            if (options.InternalGrpcPort is { } port && certificate is not null && authority is not null)
            {
                Listen(ListenerKind.Internal, address, port, HttpProtocols.Http2, listen => listen.UseHttps(new HttpsConnectionAdapterOptions
                {
                    ServerCertificate = certificate,
                    ClientCertificateMode = ClientCertificateMode.RequireCertificate,
                    ClientCertificateValidation = (peer, _, _) => InternalProtocol.IsTrusted(peer, authority),
                }));
            }
        }

        kestrel = new KestrelServer(Options.Create(kestrelOptions), transport, services.GetRequiredService<ILoggerFactory>());
        application = new SidecarApplication(
            services.GetRequiredService<IServiceScopeFactory>(),
            context => handlers[context.Features.GetRequiredFeature<Listener>().Kind](context));

        void Listen(ListenerKind kind, IPAddress address, int port, HttpProtocols protocols, Action<ListenOptions>? configure)
        {
            var feature = new Listener(kind);
            kestrelOptions.Listen(address, port, listen =>
            {
                listen.Protocols = protocols;
                listen.Use(next => connection =>
                {
                    connection.Features.Set(feature);
                    return next(connection);
                });
                configure?.Invoke(listen);
                listeners.TryAdd(kind, listen);
            });
        }
    }

    public Task StartAsync(CancellationToken cancellationToken) => kestrel.StartAsync(application, cancellationToken);

    /// <summary>Stops accepting and waits for requests in flight until cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => kestrel.StopAsync(cancellationToken);

    /// <summary>The bound port, on the first address; null when there is no such listener.</summary>
    public int? Port(ListenerKind kind) => listeners.GetValueOrDefault(kind)?.IPEndPoint?.Port;

    public ValueTask DisposeAsync()
    {
        kestrel.Dispose();
        return ValueTask.CompletedTask;
    }

    private sealed record Listener(ListenerKind Kind);
}
