using System.Diagnostics;
using Grpc.Core;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Runtime;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.Sidecar.Hosting;

/// <summary>One call on the gRPC port: token, then the runtime's own services as far as the API lists allow, and every other service by proxy.</summary>
internal sealed class GrpcPipeline
{
    private readonly ApiToken token;
    private readonly ApiAccess access;
    private readonly TraceContext tracing;
    private readonly HttpServerMetrics metrics;
    private readonly GrpcProxy proxy;
    private readonly RequestDelegate routed;

    public GrpcPipeline(SidecarContext context, RouteTable routes, ApiAccess access, HttpServerMetrics metrics, GrpcProxy proxy)
    {
        token = new ApiToken(context.Options.ApiToken);
        tracing = new TraceContext(context.Resources.Configuration.Tracing);
        this.access = access;
        this.metrics = metrics;
        this.proxy = proxy;
        routed = routes.Build(_ => true, http => GrpcProxy.FailAsync(http, StatusCode.Unimplemented, $"unknown method {http.Request.Path}"));
    }

    public async Task HandleAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        var path = EscapedPath.OfTarget(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        try
        {
            await AnswerAsync(context, path).ConfigureAwait(false);
        }
        catch (DaprApiException error)
        {
            await GrpcProxy.FailAsync(context, error.Error.GrpcStatus, error.Message).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        finally
        {
            metrics.CountGrpc(context, path, started);
        }
    }

    private Task AnswerAsync(HttpContext context, string path)
    {
        var headers = context.Request.Headers;
        if (!token.Accepts(headers[Forwarding.TokenHeader].ToString()))
        {
            return GrpcProxy.FailAsync(context, StatusCode.Unauthenticated, "authentication error: api token mismatch");
        }

        headers.Remove(Forwarding.TokenHeader);
        tracing.Continue(context);

        // Messages have their own limit; a stream of them has none.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } body)
        {
            body.MaxRequestBodySize = null;
        }

        if (!path.StartsWith("/dapr.proto.runtime.", StringComparison.Ordinal) && !path.StartsWith("/grpc.reflection.", StringComparison.Ordinal))
        {
            return proxy.ForwardAsync(context, path);
        }

        return access.AllowsGrpc(path)
            ? routed(context)
            : GrpcProxy.FailAsync(context, StatusCode.Unimplemented, "requested endpoint is not available");
    }
}
