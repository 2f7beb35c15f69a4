using System.Diagnostics;
using Grpc.Core;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.Sidecar.Hosting;

/// <summary>One call on the gRPC port: token, then the runtime's own services as far as the API lists allow, and every other service by proxy.</summary>
internal sealed class GrpcPipeline
{
    private readonly ApiToken token;
    private readonly ApiAccess access;
    private readonly string appId;
    private readonly RequestTrace tracing;
    private readonly HttpServerMetrics metrics;
    private readonly GrpcProxy proxy;
    private readonly RequestDelegate routed;

    public GrpcPipeline(SidecarContext context, RouteTable routes, ApiAccess access, HttpServerMetrics metrics, GrpcProxy proxy)
    {
        token = new ApiToken(context.Options.ApiToken);
        tracing = new RequestTrace(context.Tracer);
        appId = context.Options.AppId;
        this.access = access;
        this.metrics = metrics;
        this.proxy = proxy;
        routed = routes.Build(_ => true, http => GrpcProxy.FailAsync(http, StatusCode.Unimplemented, $"unknown method {http.Request.Path}"));
    }

    public async Task HandleAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        var path = EscapedPath.OfTarget(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        Activity? span = null;
        try
        {
            await AnswerAsync(context, path, out span).ConfigureAwait(false);
        }
        catch (DaprApiException error)
        {
            metrics.CountError(error.Error);
            await GrpcProxy.FailAsync(context, error.Error.GrpcStatus, error.Message).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            metrics.CountGrpc(context, path, started);
            if (span is not null)
            {
                SpanAttributes.OfUser(span, context.Request);
                SpanAttributes.OfStatus(span, GrpcStatus.Of(context.Response), GrpcStatus.MessageOf(context.Response));
                span.Dispose();
            }
        }
    }

    private Task AnswerAsync(HttpContext context, string path, out Activity? span)
    {
        span = null;
        var headers = context.Request.Headers;
        if (!token.Accepts(headers[Forwarding.TokenHeader].ToString()))
        {
            return GrpcProxy.FailAsync(context, StatusCode.Unauthenticated, "authentication error: api token mismatch");
        }

        headers.Remove(Forwarding.TokenHeader);
        var kind = headers[Forwarding.AppIdHeader].ToString() == appId && !IsOwn(path) ? ActivityKind.Server : ActivityKind.Client;
        span = tracing.Begin(context, path, kind);

        // Messages have their own limit; a stream of them has none.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = null;
        }

        if (!IsOwn(path))
        {
            return proxy.ForwardAsync(context, path);
        }

        return access.AllowsGrpc(path)
            ? routed(context)
            : GrpcProxy.FailAsync(context, StatusCode.Unimplemented, "requested endpoint is not available");
    }

    /// <summary>Whether the sidecar answers itself; every other service is proxied.</summary>
    private static bool IsOwn(string path) =>
        path.StartsWith("/dapr.proto.runtime.", StringComparison.Ordinal) || path.StartsWith("/grpc.reflection.", StringComparison.Ordinal);
}
