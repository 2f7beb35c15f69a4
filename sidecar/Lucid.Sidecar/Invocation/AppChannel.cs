using System.Diagnostics;
using System.Globalization;
using System.Net;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>The connections from a sidecar to its app.</summary>
internal sealed class AppChannel : IAppChannel, IDisposable
{
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly SidecarOptions options;
    private readonly HttpMessageInvoker invoker;
    private readonly SemaphoreSlim? turns;
    private readonly Version version;
    private string? origin;
    private volatile bool healthy;

    public AppChannel(SidecarOptions options)
    {
        this.options = options;
        invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ActivityHeadersPropagator = null,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionIdleTimeout = TimeSpan.FromSeconds(90),
            EnableMultipleHttp2Connections = true,
            MaxResponseHeadersLength = Math.Max(1, options.ReadBufferSize / 1024),
        });
        turns = options.AppMaxConcurrency > 0 ? new SemaphoreSlim(options.AppMaxConcurrency) : null;
        version = options.AppProtocol is "grpc" or "grpcs" or "h2c" ? HttpVersion.Version20 : HttpVersion.Version11;
        Attach(options.AppPort);
    }

    public bool IsHealthy => healthy;

    /// <summary>Whether <see cref="IsHealthy"/> stands for more than a listening port.</summary>
    public bool IsHealthChecked => options.EnableAppHealthCheck;

    /// <summary>Counts HTTP requests; null: nothing does.</summary>
    public HttpClientMetrics? Metrics { get; set; }

    /// <summary>0 while there is no app.</summary>
    public int Port { get; private set; }

    /// <summary>Whether the app speaks plain HTTP in Dapr's sense; otherwise it takes gRPC only.</summary>
    public bool IsHttp => options.AppProtocol is "http" or "https" or "h2c";

    /// <summary>Whether proxied gRPC calls can be delivered.</summary>
    public bool TakesGrpc => version == HttpVersion.Version20;

    /// <summary>Names the port of an app that was started after its sidecar.</summary>
    public void Attach(int port)
    {
        Port = port;
        var scheme = options.AppProtocol is "https" or "grpcs" ? "https" : "http";
        origin = port == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{scheme}://{options.AppChannelAddress}:{port}");
    }

    public void SetHealth(bool value) => healthy = value;

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, request.RequestUri?.OriginalString ?? "/", cancellationToken);

    /// <param name="target">Path and query as they are to stand on the request line.</param>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, string target, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            var response = await SendUncountedAsync(request, target, cancellationToken).ConfigureAwait(false);
            Metrics?.Count(request, target, (int)response.StatusCode, response.Content.Headers.ContentLength, started);
            return response;
        }
        catch
        {
            Metrics?.Count(request, target, (int)HttpStatusCode.InternalServerError, null, started);
            throw;
        }
    }

    /// <summary>The same for a proxied gRPC call, which has metrics of its own.</summary>
    public async Task<HttpResponseMessage> SendUncountedAsync(HttpRequestMessage request, string target, CancellationToken cancellationToken)
    {
        if (options.AppApiToken is { } token)
        {
            Forwarding.Set(request, Forwarding.TokenHeader, token);
        }

        if (turns is null)
        {
            return await ProbeAsync(request, target, cancellationToken).ConfigureAwait(false);
        }

        await turns.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await ProbeAsync(request, target, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            turns.Release();
        }
    }

    /// <summary>Sends without token and without waiting for a turn: for health probes.</summary>
    public Task<HttpResponseMessage> ProbeAsync(HttpRequestMessage request, string target, CancellationToken cancellationToken)
    {
        if (origin is null)
        {
            throw new HttpRequestException("the sidecar has no app: its app port is 0");
        }

        var separator = target.StartsWith('/') ? "" : "/";
        request.RequestUri = new Uri(origin + separator + target, AsWritten);
        request.Version = version;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return invoker.SendAsync(request, cancellationToken);
    }

    public void Dispose()
    {
        invoker.Dispose();
        turns?.Dispose();
    }
}
