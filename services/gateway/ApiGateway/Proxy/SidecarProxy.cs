using System.Diagnostics;
using System.Net;
using Lucid.ApiGateway.Edge;
using Lucid.Contracts.Access;
using Yarp.ReverseProxy.Forwarder;

namespace Lucid.ApiGateway.Proxy;

/// <summary>
/// Step 13: hands a request to its owner through the own sidecar. Bodies stream both ways, a client that leaves ends the call behind, and
/// only the owner's answers come back: every other end becomes an error of the gateway. Nothing is repeated.
/// </summary>
internal sealed partial class SidecarProxy(IHttpForwarder forwarder, SidecarTransform transform, Circuits circuits, ILogger<SidecarProxy> logger) : IDisposable
{
    private readonly HttpMessageInvoker _sidecar = new(new SocketsHttpHandler
    {
        UseProxy = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        UseCookies = false,
        EnableMultipleHttp2Connections = true,
        ActivityHeadersPropagator = new ReverseProxyPropagator(DistributedContextPropagator.Current),
        ConnectTimeout = TimeSpan.FromSeconds(5),
    });

    public async Task ForwardAsync(HttpContext context)
    {
        var route = EdgeRequest.Of(context).Route!;
        var circuit = circuits[route.App];
        if (circuit.Enter() is { } wait)
        {
            await context.RefuseAsync(UpstreamFault.CircuitOpen.ToResult(route.App, wait)).ConfigureAwait(false);
            return;
        }

        bool? succeeded = null;
        try
        {
            await GiveLengthAsync(context, route).ConfigureAwait(false);
            var config = new ForwarderRequestConfig { ActivityTimeout = TimeSpan.FromSeconds(route.TimeoutSeconds), Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            var error = await forwarder.SendAsync(context, transform.Destination, _sidecar, config, transform).ConfigureAwait(false);
            succeeded = await FinishAsync(context, route, error).ConfigureAwait(false);
        }
        finally
        {
            if (circuit.Report(succeeded))
            {
                LogOpened(route.App);
            }
        }
    }

    public void Dispose() => _sidecar.Dispose();

    /// <returns>Whether the owner works, as far as this exchange tells.</returns>
    private async Task<bool?> FinishAsync(HttpContext context, PublicRoute route, ForwarderError error)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            return null;
        }

        if (error == ForwarderError.RequestBodyClient)
        {
            throw context.GetForwarderErrorFeature()?.Exception is BadHttpRequestException bad
                ? bad
                : new BadHttpRequestException("The body broke off.");
        }

        if ((context.Features.Get<FaultFeature>()?.Fault ?? FaultOf(error)) is not { } fault)
        {
            return context.Response.StatusCode < 500;
        }

        LogFault(route.Verb, route.Path, route.App, fault);
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
            context.Response.Headers[Contracts.LucidHeaders.RequestId] = context.TraceIdentifier;
            await context.RefuseAsync(fault.ToResult(route.App)).ConfigureAwait(false);
        }

        return false;
    }

    private static UpstreamFault? FaultOf(ForwarderError error) => error switch
    {
        ForwarderError.None => null,
        ForwarderError.RequestTimedOut => UpstreamFault.TimedOut,
        _ => UpstreamFault.Unreachable,
    };

    // The sidecar takes a request without a length for a stream, which its policies do not cover; JSON is small enough to be measured here.
    private static async Task GiveLengthAsync(HttpContext context, PublicRoute route)
    {
        var request = context.Request;
        if (route.IsBinary || request.ContentLength is not null || request.Headers.TransferEncoding.Count == 0)
        {
            return;
        }

        var body = new MemoryStream();
        context.Response.RegisterForDispose(body);
        await request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        body.Position = 0;
        request.Headers.TransferEncoding = default;
        request.ContentLength = body.Length;
        request.Body = body;
    }
}
