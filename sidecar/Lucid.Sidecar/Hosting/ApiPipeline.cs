using System.Diagnostics;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.Sidecar.Hosting;

/// <summary>
/// One request of the HTTP API: 1. clean the escaped path, 2. check the token and take it off, 3. continue the trace,
/// 4. invocation by its path, or a route of the table, or else the fallback, which is invocation by header, 5. errors as bodies, 6. count.
/// </summary>
internal sealed partial class ApiPipeline
{
    private readonly ApiToken token;
    private readonly RequestTrace tracing;
    private readonly HttpServerMetrics metrics;
    private readonly InvocationEngine invocation;
    private readonly bool mayInvoke;
    private readonly RequestDelegate routed;
    private readonly ILogger<ApiPipeline> log;

    public ApiPipeline(SidecarContext context, RouteTable routes, ApiAccess access, HttpServerMetrics metrics, InvocationEngine invocation)
    {
        token = new ApiToken(context.Options.ApiToken);
        tracing = new RequestTrace(context.Tracer);
        this.metrics = metrics;
        this.invocation = invocation;
        log = context.Loggers.CreateLogger<ApiPipeline>();
        mayInvoke = access.AllowsHttp(InvocationHttpApi.Prefix + "{app}");
        routed = routes.Build(access.AllowsHttp, FallBackAsync);
    }

    public async Task HandleAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        var rawPath = EscapedPath.OfTarget(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var path = EscapedPath.Clean(rawPath);
        var body = CountingResponseBody.Around(context);
        Activity? span = null;
        try
        {
            await AnswerAsync(context, rawPath, path, out span).ConfigureAwait(false);
        }
        catch (DaprApiException error)
        {
            metrics.CountError(error.Error);
            await ErrorWriter.WriteAsync(context, error.Error).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error)
        {
            await ErrorWriter.WriteAsync(context, error.StatusCode == StatusCodes.Status413PayloadTooLarge
                ? ErrorWriter.Malformed
                : ErrorWriter.Malformed with { Message = error.Message, HttpStatus = error.StatusCode }).ConfigureAwait(false);
        }
        catch (Exception) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception error)
        {
            // The edge of the request: the log has the reason, the client learns only that there is one.
            LogFailure(error, context.Request.Method, path);
            await ErrorWriter.WriteAsync(context, ErrorWriter.Internal).ConfigureAwait(false);
        }
        finally
        {
            metrics.CountHttp(context, path, started, body.Length);
            if (span is not null)
            {
                SpanAttributes.OfHttp(span, context, path);
                span.Dispose();
            }
        }
    }

    private Task AnswerAsync(HttpContext context, string rawPath, string path, out Activity? span)
    {
        span = null;
        var headers = context.Request.Headers;
        if (!token.Accepts(headers[Forwarding.TokenHeader].ToString()) && !ApiToken.IsExempt(context.Request.Method, rawPath))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            context.Response.ContentType = "text/plain; charset=utf-8";
            return context.Response.WriteAsync("invalid api token", context.RequestAborted);
        }

        headers.Remove(Forwarding.TokenHeader);
        if (!path.Contains("/healthz", StringComparison.Ordinal))
        {
            span = tracing.Begin(context, path, ActivityKind.Client);
        }

        if (mayInvoke && path.StartsWith(InvocationHttpApi.Prefix, StringComparison.Ordinal))
        {
            return InvocationHttpApi.HandleAsync(context, invocation, rawPath);
        }

        context.Request.Path = new PathString(path);
        context.Items[RawPathKey] = rawPath;
        return routed(context);
    }

    private static readonly object RawPathKey = new();

    private Task FallBackAsync(HttpContext context) => mayInvoke
        ? InvocationHttpApi.HandleAsync(context, invocation, (string)context.Items[RawPathKey]!)
        : throw new DaprApiException(InvocationErrors.NoAppId);
}
