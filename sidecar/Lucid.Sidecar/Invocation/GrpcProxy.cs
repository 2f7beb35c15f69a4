using System.Globalization;
using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// Passes gRPC calls of any service to the app named by <c>dapr-app-id</c>: streams both ways at once, trailers included. Messages are not looked into.
/// </summary>
internal sealed class GrpcProxy(InvocationRoutes routes)
{
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
            var route = routes.Resolve(targetText);
            using var request = Forwarding.Request(http.Request, Forwarding.Body(http.Request));
            request.Headers.TryAddWithoutValidation("TE", "trailers");
            if (!route.IsSelf)
            {
                routes.Mark(request, route.Target);
            }

            if (route.Callee is { } callee)
            {
                // A call to oneself has no peer certificate in daprd, so only the global action applies.
                await DeliverAsync(http, callee, route.IsSelf ? null : routes.Identity, request, path).ConfigureAwait(false);
                return;
            }

            using var response = await routes.SendRemoteAsync(route, request, InternalProtocol.ProxyPrefix + path, targetText, http.RequestAborted).ConfigureAwait(false);
            await AnswerAsync(response, http).ConfigureAwait(false);
        }
        catch (DaprApiException error)
        {
            await FailAsync(http, error.Error.GrpcStatus, error.Message).ConfigureAwait(false);
        }
        catch (InvocationRefusedException refused)
        {
            await FailAsync(http, refused.Code, refused.Message).ConfigureAwait(false);
        }
        catch (HttpRequestException error) when (!http.RequestAborted.IsCancellationRequested)
        {
            await FailAsync(http, StatusCode.Unavailable, $"{targetText} does not answer: {error.HttpRequestError}").ConfigureAwait(false);
        }
    }

    /// <summary>The callee's part: access control on the whole method name, then the app.</summary>
    public static async Task DeliverAsync(HttpContext http, InvocationCallee callee, CallerIdentity? caller, HttpRequestMessage request, string path)
    {
        if (!callee.Allows(caller, path, "", isHttp: false))
        {
            await FailAsync(http, StatusCode.PermissionDenied, $"access control policy has denied access to id: {caller} operation: {path} verb: NONE").ConfigureAwait(false);
            return;
        }

        if (callee.App.Port == 0 || !callee.App.TakesGrpc)
        {
            await FailAsync(http, StatusCode.FailedPrecondition, $"{callee.Id.AppId} takes no gRPC: its app protocol must be grpc, grpcs or h2c").ConfigureAwait(false);
            return;
        }

        using var response = await callee.App.SendAsync(request, path, http.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(response, http).ConfigureAwait(false);
    }

    public static async Task AnswerAsync(HttpResponseMessage source, HttpContext http)
    {
        Forwarding.CopyHead(source, http.Response);
        await Forwarding.CopyBodyAsync(source, http.Response, http.RequestAborted).ConfigureAwait(false);
        foreach (var (name, values) in source.TrailingHeaders.NonValidated)
        {
            if (http.Response.SupportsTrailers())
            {
                http.Response.AppendTrailer(name, values.ToString());
            }
        }
    }

    /// <summary>A gRPC answer that is only a status.</summary>
    public static async Task FailAsync(HttpContext http, StatusCode code, string message)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = 200;
        http.Response.ContentType = "application/grpc";
        http.Response.Headers["grpc-status"] = ((int)code).ToString(CultureInfo.InvariantCulture);
        http.Response.Headers["grpc-message"] = Uri.EscapeDataString(message);
        await http.Response.CompleteAsync().ConfigureAwait(false);
    }
}
