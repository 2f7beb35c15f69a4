using System.Diagnostics;
using Grpc.Core;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// Passes gRPC calls of any service to the app named by <c>dapr-app-id</c>: streams both ways at once, trailers included.
/// <para>
/// What a call is, a proxy cannot know. As with daprd it is unary unless the client says <c>dapr-stream: true</c>. A unary call is under the target's
/// policy as a whole; of a stream only the opening is.
/// </para>
/// </summary>
internal sealed class GrpcProxy(SidecarContext context, InvocationRoutes routes)
{
    private const string StreamHeader = "dapr-stream";
    private const string NoRetryOfStreams = "cannot use resiliency policies with retries on streaming RPCs";

    private readonly InvocationMetrics metrics = new(context.Metrics, context.Options.AppId);

    public async Task ForwardAsync(HttpContext http, string path)
    {
        var targetText = http.Request.Headers[Forwarding.AppIdHeader].ToString();
        if (targetText.Length == 0)
        {
            await FailAsync(http, StatusCode.Unknown, "failed to proxy request: required metadata dapr-app-id not found").ConfigureAwait(false);
            return;
        }

        try
        {
            var call = new ProxiedCall(http, routes.Resolve(targetText), targetText, path, IsTrue(http.Request.Headers[StreamHeader].ToString()));

            // A call to oneself is under no policy, as in daprd.
            var policy = call.Route.IsSelf ? null : context.Resiliency.ForApp(targetText, path);
            await (policy is not { IsConfigured: true } ? ForwardAsync(call)
                : call.IsStream ? ForwardStreamAsync(call, policy)
                : ForwardUnaryAsync(call, policy)).ConfigureAwait(false);
        }
        catch (Exception error) when (!http.RequestAborted.IsCancellationRequested && Explain(error) is { } status)
        {
            await FailAsync(http, status.StatusCode, status.Detail).ConfigureAwait(false);
        }
    }

    /// <summary>The callee's part: access control on the whole method name, then the app.</summary>
    /// <param name="caller">Null: nobody that is known, so only the global action applies.</param>
    /// <exception cref="RpcException">The call is refused.</exception>
    public static async Task<GrpcAnswer> DeliverAsync(InvocationCallee callee, CallerIdentity? caller, bool isSelf, HttpRequestMessage request, string path, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var span = callee.Tracer.Exports && !isSelf ? callee.Tracer.Start(request, ActivityKind.Server, path) : null;
        try
        {
            if (!callee.Allows(caller, path, "", isHttp: false))
            {
                throw Refused(StatusCode.PermissionDenied, $"access control policy has denied access to id: {caller} operation: {path} verb: NONE");
            }

            if (callee.App.Port == 0 || !callee.App.TakesGrpc)
            {
                throw Refused(StatusCode.FailedPrecondition, $"{callee.Id.AppId} takes no gRPC: its app protocol must be grpc, grpcs or h2c");
            }

            return new GrpcAnswer(await callee.App.SendUncountedAsync(request, path, cancellationToken).ConfigureAwait(false), End);
        }
        catch (RpcException refused)
        {
            End(refused.StatusCode, refused.Status.Detail);
            throw;
        }
        catch (Exception error)
        {
            End(error is OperationCanceledException ? StatusCode.Cancelled : StatusCode.Unavailable, "the app did not take the call");
            throw;
        }

        void End(StatusCode status, string message)
        {
            callee.GrpcMetrics.Completed(path, status, started);
            if (span is not null)
            {
                SpanAttributes.OfStatus(span, status, message);
                span.Dispose();
            }
        }
    }

    /// <summary>A gRPC answer that is only a status, or the end of one that has begun.</summary>
    public static async Task FailAsync(HttpContext http, StatusCode code, string message)
    {
        var (status, text) = (((int)code).ToString(System.Globalization.CultureInfo.InvariantCulture), Uri.EscapeDataString(message));
        if (!http.Response.HasStarted)
        {
            http.Response.Clear();
            http.Response.StatusCode = 200;
            http.Response.ContentType = "application/grpc";
            http.Response.Headers[GrpcStatus.Header] = status;
            http.Response.Headers[GrpcStatus.MessageHeader] = text;
        }
        else if (http.Response.SupportsTrailers())
        {
            http.Response.AppendTrailer(GrpcStatus.Header, status);
            http.Response.AppendTrailer(GrpcStatus.MessageHeader, text);
        }
        else
        {
            http.Abort();
            return;
        }

        await http.Response.CompleteAsync().ConfigureAwait(false);
    }

    private async Task ForwardAsync(ProxiedCall call)
    {
        using var answer = await SendAsync(call, Forwarding.Body(call.Http.Request), call.Aborted).ConfigureAwait(false);
        await answer.ForwardAsync(call.Http, call.Aborted).ConfigureAwait(false);
    }

    /// <summary>
    /// The whole call is the attempt, so that a timeout also ends an answer that is still flowing. A failure that came without a message is held back
    /// until the policy has decided; what has begun to reach the client is never repeated.
    /// </summary>
    private async Task ForwardUnaryAsync(ProxiedCall call, IPolicy policy)
    {
        await using var message = policy.MayRepeat
            ? await RepeatableMessage.ReadAsync(call.Http.Request, context.Options.MaxBodySize, call.Aborted).ConfigureAwait(false)
            : null;
        GrpcAnswer? held = null;
        try
        {
            await policy.ExecuteAsync(
                async token =>
                {
                    held?.Dispose();
                    held = null;
                    using var breaking = CancellationTokenSource.CreateLinkedTokenSource(token, message?.Streams ?? CancellationToken.None);
                    try
                    {
                        var answer = await SendAsync(call, message?.Body() ?? Forwarding.Body(call.Http.Request), breaking.Token).ConfigureAwait(false);
                        held = answer;
                        if (await answer.StatusAloneAsync(breaking.Token).ConfigureAwait(false) is { } status and not StatusCode.OK)
                        {
                            return new AttemptOutcome(true) { GrpcStatus = (int)status };
                        }

                        held = null;
                        using (answer)
                        {
                            var end = await answer.ForwardAsync(call.Http, breaking.Token).ConfigureAwait(false);
                            return end is StatusCode.OK ? AttemptOutcome.Success : new AttemptOutcome(true) { GrpcStatus = (int)end, IsFinal = true };
                        }
                    }
                    catch (Exception error) when (message?.IsStream == true)
                    {
                        throw new PermanentFailureException(NoRetryOfStreams, error);
                    }
                    catch (Exception error) when (call.Http.Response.HasStarted)
                    {
                        throw new PermanentFailureException("the answer broke off", error);
                    }
                },
                static outcome => outcome,
                call.Aborted).ConfigureAwait(false);
            if (held is not null)
            {
                await held.ForwardAsync(call.Http, call.Aborted).ConfigureAwait(false);
            }
        }
        finally
        {
            held?.Dispose();
        }
    }

    /// <summary>Under the policy is only the way to an open stream: until then none of the client's messages has been taken, so the way can be tried again.</summary>
    private async Task ForwardStreamAsync(ProxiedCall call, IPolicy policy)
    {
        var opened = await policy.ExecuteAsync(token => OpenAsync(call, token), static _ => AttemptOutcome.Success, call.Aborted).ConfigureAwait(false);
        using var answer = await opened.Answer.ConfigureAwait(false);
        await answer.ForwardAsync(call.Http, call.Aborted).ConfigureAwait(false);
    }

    private async Task<OpenedStream> OpenAsync(ProxiedCall call, CancellationToken cancellationToken)
    {
        var body = new OpeningBody(Forwarding.Body(call.Http.Request));
        var ending = CancellationTokenSource.CreateLinkedTokenSource(call.Aborted);
        call.Http.Response.RegisterForDispose(ending);
        var sending = SendAsync(call, body, ending.Token);
        await using (cancellationToken.Register(() =>
        {
            if (!body.Opened.IsCompleted)
            {
                ending.Cancel();
            }
        }).ConfigureAwait(false))
        {
            if (await Task.WhenAny(sending, body.Opened).ConfigureAwait(false) == sending)
            {
                var answer = await sending.ConfigureAwait(false);
                return new OpenedStream(Task.FromResult(answer), ending);
            }
        }

        return new OpenedStream(sending, ending);
    }

    /// <summary>One attempt, from here or through the callee's sidecar.</summary>
    /// <exception cref="RpcException">It was refused, or nobody is there.</exception>
    private async Task<GrpcAnswer> SendAsync(ProxiedCall call, HttpContent? body, CancellationToken cancellationToken)
    {
        // The answer disposes the request: until it has ended the client may still be sending.
        var request = Forwarding.Request(call.Http.Request, body);
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        var (route, type, started) = (call.Route, InvocationMetrics.Type(call.IsStream), Stopwatch.GetTimestamp());
        if (!route.IsSelf)
        {
            routes.Mark(request, route.Target);
            metrics.Sent(route.Target.AppId, type);
        }

        try
        {
            // A call to oneself has no peer certificate in daprd, so only the global action applies.
            var answer = route.Callee is { } callee
                ? await DeliverAsync(callee, route.IsSelf ? null : routes.Identity, route.IsSelf, request, call.Path, cancellationToken).ConfigureAwait(false)
                : new GrpcAnswer(await routes.SendRemoteAsync(route, request, InternalProtocol.ProxyPrefix + call.Path, call.TargetText, cancellationToken).ConfigureAwait(false));
            return route.IsSelf ? answer : answer.Then((status, _) => metrics.Answered(route.Target.AppId, (int)status, type, started));
        }
        catch (Exception error) when (!cancellationToken.IsCancellationRequested && Explain(error) is { } status)
        {
            if (!route.IsSelf)
            {
                metrics.Answered(route.Target.AppId, (int)status.StatusCode, type, started);
            }

            throw error is RpcException ? error : new RpcException(status);
        }
    }

    private static RpcException Refused(StatusCode code, string message) => new(new Status(code, message));

    /// <summary>The status a client is answered with for what went wrong; null for what is not ours to explain.</summary>
    private static Status? Explain(Exception error) => error switch
    {
        RpcException rpc => rpc.Status,
        DaprApiException dapr => new Status(dapr.Error.GrpcStatus, dapr.Message),
        InvocationRefusedException refused => new Status(refused.Code, refused.Message),
        TimeoutException => new Status(StatusCode.DeadlineExceeded, "context deadline exceeded"),

        // daprd returns the breaker's plain error here, which gRPC calls unknown.
        CircuitOpenException => new Status(StatusCode.Unknown, "circuit breaker is open"),
        PermanentFailureException { Message: NoRetryOfStreams } => new Status(StatusCode.FailedPrecondition, NoRetryOfStreams),
        PermanentFailureException { InnerException: { } inner } => Explain(inner),
        HttpRequestException http => new Status(StatusCode.Unavailable, $"the callee does not answer: {http.HttpRequestError}"),
        IOException => new Status(StatusCode.Unavailable, "the connection to the callee broke off"),
        _ => null,
    };

    private static bool IsTrue(string text) => text.ToLowerInvariant() is "y" or "yes" or "true" or "t" or "on" or "1";

    private sealed record ProxiedCall(HttpContext Http, InvocationRoute Route, string TargetText, string Path, bool IsStream)
    {
        public CancellationToken Aborted => Http.RequestAborted;
    }

    /// <summary>A stream on its way. The policy disposes one that was opened when its time was over already.</summary>
    private sealed class OpenedStream(Task<GrpcAnswer> answer, CancellationTokenSource ending) : IDisposable
    {
        public Task<GrpcAnswer> Answer => answer;

        public void Dispose()
        {
            ending.Cancel();
            _ = DropAsync();
        }

        private async Task DropAsync()
        {
            await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (answer.IsCompletedSuccessfully)
            {
                (await answer.ConfigureAwait(false)).Dispose();
            }
        }
    }
}
