using System.Diagnostics;
using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// Service invocation, caller's side: finds the callee, applies resiliency, lets the callee's access control decide and forwards.
/// Inside a process the way is one hop, from the caller's listener to the callee's app.
/// </summary>
public sealed class InvocationEngine
{
    private const int BuiltInRetries = 3;
    private static readonly TimeSpan BuiltInDelay = TimeSpan.FromSeconds(1);

    private readonly SidecarContext context;
    private readonly InvocationRoutes routes;
    private readonly InvocationMetrics metrics;

    internal InvocationEngine(SidecarContext context, InvocationRoutes routes)
    {
        this.context = context;
        this.routes = routes;
        metrics = new InvocationMetrics(context.Metrics, context.Options.AppId);
    }

    /// <summary>
    /// Invokes for a client of the HTTP API and writes the answer as it arrives. A body without Content-Length is streamed and never sent twice;
    /// one with it is kept only where a second attempt is possible.
    /// </summary>
    /// <param name="escapedMethod">The path behind <c>/method/</c> as the client wrote it.</param>
    /// <exception cref="DaprApiException">Nothing was written; the error is the answer.</exception>
    internal async Task ForwardAsync(HttpContext http, string targetText, string escapedMethod)
    {
        var method = MethodPath.FromEscaped(targetText, escapedMethod);
        var route = routes.Resolve(targetText);
        var limit = LimitBody(http, route, targetText);
        var policy = context.Resiliency.ForApp(targetText);
        var streaming = http.Request.ContentLength is null && Forwarding.HasBody(http.Request);
        try
        {
            var repeatable = !streaming && (policy.MayRepeat || route.Address is not null);
            byte[]? kept = null;
            if (repeatable && http.Request.ContentLength is > 0)
            {
                kept = new byte[(int)Math.Min(http.Request.ContentLength.Value, limit)];
                await http.Request.Body.ReadExactlyAsync(kept, http.RequestAborted).ConfigureAwait(false);
            }

            HttpRequestMessage Make() => Forwarding.Request(http.Request, kept is null ? Forwarding.Body(http.Request) : new ByteArrayContent(kept));
            Task<HttpResponseMessage> Send(CancellationToken token) =>
                SendAsync(route, targetText, method, http.Request.Method, http.Request.QueryString.Value ?? "", streaming, Make, token);

            if (!policy.IsConfigured)
            {
                using var response = route.Address is not null && !streaming
                    ? await RetryUnreachableAsync(Send, http.RequestAborted).ConfigureAwait(false)
                    : await Send(http.RequestAborted).ConfigureAwait(false);
                await AnswerAsync(response, http.Response, http.RequestAborted).ConfigureAwait(false);
                return;
            }

            await ForwardUnderPolicyAsync(http, policy, streaming, Send).ConfigureAwait(false);
        }
        catch (Exception error) when (!http.RequestAborted.IsCancellationRequested && InvocationErrors.Translate(targetText, error) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>Invokes for <c>InvokeService</c> of the gRPC API: bodies whole, method as text that is not escaped.</summary>
    /// <exception cref="DaprApiException">The call was not delivered.</exception>
    public async Task<InvocationReply> InvokeAsync(InvocationRequest request, CancellationToken cancellationToken)
    {
        var method = MethodPath.FromText(request.Target, request.Method);
        var route = routes.Resolve(request.Target);
        var policy = context.Resiliency.ForApp(request.Target);

        HttpRequestMessage Make()
        {
            var message = new HttpRequestMessage { Method = HttpMethod.Parse(request.Verb), Content = new ReadOnlyMemoryContent(request.Body) };
            if (request.Body.IsEmpty && request.Verb is "GET" or "HEAD")
            {
                message.Content = null;
            }

            if (request.ContentType is { } type)
            {
                message.Content?.Headers.TryAddWithoutValidation("Content-Type", type);
            }

            foreach (var (name, value) in request.Headers)
            {
                message.Headers.TryAddWithoutValidation(name, value);
            }

            return message;
        }

        Task<HttpResponseMessage> Send(CancellationToken token) =>
            SendAsync(route, request.Target, method, request.Verb, request.Query, streaming: false, Make, token);
        try
        {
            using var response = policy.IsConfigured
                ? await policy.ExecuteAsync(Send, Classify, cancellationToken).ConfigureAwait(false)
                : route.Address is null ? await Send(cancellationToken).ConfigureAwait(false)
                : await RetryUnreachableAsync(Send, cancellationToken).ConfigureAwait(false);
            var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return new InvocationReply(
                (int)response.StatusCode,
                response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var contentType) ? contentType.ToString() : null,
                body,
                [.. response.Headers.NonValidated.Select(h => KeyValuePair.Create(h.Key, h.Value.ToString()))]);
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && InvocationErrors.Translate(request.Target, error) is { } translated)
        {
            throw translated;
        }
    }

    /// <summary>
    /// The whole exchange counts as the attempt, so that a timeout also ends an answer that is still flowing; an answer
    /// that counts as a failure is held back until the policy has decided not to repeat.
    /// </summary>
    private static async Task ForwardUnderPolicyAsync(HttpContext http, IPolicy policy, bool streaming, Func<CancellationToken, Task<HttpResponseMessage>> send)
    {
        HttpResponseMessage? held = null;
        var forwarded = false;
        try
        {
            await policy.ExecuteAsync(
                async token =>
                {
                    held?.Dispose();
                    held = null;
                    var response = await send(token).ConfigureAwait(false);
                    if (!streaming && Classify(response).IsFailure)
                    {
                        held = response;
                        return response;
                    }

                    using (response)
                    {
                        forwarded = true;
                        await AnswerAsync(response, http.Response, token).ConfigureAwait(false);
                    }

                    return response;
                },
                response => forwarded ? AttemptOutcome.Success : Classify(response),
                http.RequestAborted).ConfigureAwait(false);
            if (held is not null)
            {
                await AnswerAsync(held, http.Response, http.RequestAborted).ConfigureAwait(false);
            }
        }
        finally
        {
            held?.Dispose();
        }
    }

    private static AttemptOutcome Classify(HttpResponseMessage response) =>
        (int)response.StatusCode is >= 200 and <= 399 ? AttemptOutcome.Success : new AttemptOutcome(true, (int)response.StatusCode);

    private async Task<HttpResponseMessage> SendAsync(
        InvocationRoute route, string targetText, MethodPath method, string verb, string query, bool streaming, Func<HttpRequestMessage> make, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var type = InvocationMetrics.Type(streaming);
        HttpResponseMessage response;
        if (route.Callee is { } callee)
        {
            using var request = make();
            using var span = route.IsSelf ? null : callee.StartSpan(request, method.Dispatch);
            if (!route.IsSelf)
            {
                metrics.Sent(route.Target.AppId, type);
                callee.CountRequest(routes.Self.Id.AppId, type);
                if (!callee.Allows(routes.Identity, method.Operation, verb, isHttp: true))
                {
                    span?.SetStatus(ActivityStatusCode.Error, "denied by access control");
                    throw InvocationErrors.Denied(targetText, routes.Identity, method.Operation, verb);
                }
            }

            Deliverable(callee, targetText);
            if (!route.IsSelf)
            {
                routes.Mark(request, route.Target);
            }

            response = await callee.App.SendAsync(request, "/" + method.Dispatch + query, cancellationToken).ConfigureAwait(false);
            if (route.IsSelf)
            {
                return response;
            }

            callee.CountAnswer(routes.Self.Id.AppId, (int)response.StatusCode, type);
        }
        else
        {
            metrics.Sent(route.Target.AppId, type);
            using var request = make();
            routes.Mark(request, route.Target);
            response = await routes.SendRemoteAsync(route, request, InternalProtocol.InvokePrefix + method.Dispatch + query, targetText, cancellationToken).ConfigureAwait(false);
        }

        metrics.Answered(route.Target.AppId, (int)response.StatusCode, type, started);
        return response;
    }

    /// <exception cref="DaprApiException">The app cannot be called now.</exception>
    internal static void Deliverable(InvocationCallee callee, string targetText)
    {
        if (callee.App.Port == 0)
        {
            throw new DaprApiException(InvocationErrors.Failed(targetText, StatusCode.Internal, "app channel is not initialized: the callee has no app port"));
        }

        if (!callee.App.IsHttp)
        {
            throw new DaprApiException(InvocationErrors.Failed(targetText, StatusCode.Unimplemented, "the callee is a gRPC app: it takes proxied gRPC calls, AppCallback.OnInvoke is not built in", 501));
        }

        if (callee.App.IsHealthChecked && !callee.App.IsHealthy)
        {
            throw new DaprApiException(InvocationErrors.Failed(targetText, StatusCode.Internal, "app is not in a healthy state"));
        }
    }

    /// <summary>daprd's built-in policy: only while the other sidecar cannot be reached, never after it has answered.</summary>
    private async Task<HttpResponseMessage> RetryUnreachableAsync(Func<CancellationToken, Task<HttpResponseMessage>> send, CancellationToken cancellationToken)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await send(cancellationToken).ConfigureAwait(false);
            }
            catch (HttpRequestException error) when (
                attempt < BuiltInRetries && error.HttpRequestError is HttpRequestError.ConnectionError or HttpRequestError.SecureConnectionError or HttpRequestError.NameResolutionError)
            {
                await Task.Delay(BuiltInDelay, context.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task AnswerAsync(HttpResponseMessage source, HttpResponse response, CancellationToken cancellationToken)
    {
        Forwarding.CopyHead(source, response);
        await Forwarding.CopyBodyAsync(source, response, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The smaller limit of the two sidecars holds for the whole body, whether announced or streamed.</summary>
    private static long LimitBody(HttpContext http, InvocationRoute route, string targetText)
    {
        var limit = http.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpMaxRequestBodySizeFeature>();
        var allowed = Math.Min(limit?.MaxRequestBodySize ?? long.MaxValue, route.Callee?.MaxBodySize ?? long.MaxValue);
        if (http.Request.ContentLength > allowed)
        {
            throw new DaprApiException(InvocationErrors.TooLarge(targetText));
        }

        if (limit is { IsReadOnly: false })
        {
            limit.MaxRequestBodySize = allowed;
        }

        return allowed;
    }
}
