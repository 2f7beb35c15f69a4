using System.Globalization;
using System.Text;
using Grpc.Core;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Runtime;
using Microsoft.AspNetCore.Http.Features;

namespace Lucid.Sidecar.Invocation;

/// <summary>Receives calls of sidecars in other processes (see <see cref="InternalProtocol"/>): judged, marked and delivered here.</summary>
internal sealed class InternalListener(InvocationCallee self, bool authenticates)
{
    public async Task HandleAsync(HttpContext http)
    {
        var path = EscapedPath.OfTarget(http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        var certificate = http.Connection.ClientCertificate;
        var caller = authenticates && certificate is not null ? CallerIdentity.FromCertificate(certificate) : null;
        if (authenticates && caller is null)
        {
            await RefuseAsync(http, StatusCode.PermissionDenied, "the client certificate carries no usable SPIFFE id").ConfigureAwait(false);
            return;
        }

        if (http.Request.Headers[InternalProtocol.CalleeHeader].ToString() != self.Id.ToString())
        {
            await RefuseAsync(http, StatusCode.Unavailable, $"this is the sidecar of {self.Id}, not of the app that was asked for").ConfigureAwait(false);
            return;
        }

        http.Request.Headers.Remove(InternalProtocol.CalleeHeader);
        try
        {
            if (path.StartsWith(InternalProtocol.InvokePrefix, StringComparison.Ordinal))
            {
                await InvokeAsync(http, caller, path[InternalProtocol.InvokePrefix.Length..]).ConfigureAwait(false);
            }
            else if (path.StartsWith(InternalProtocol.ProxyPrefix + "/", StringComparison.Ordinal))
            {
                var body = http.Features.Get<IHttpMaxRequestBodySizeFeature>();
                if (body is { IsReadOnly: false })
                {
                    body.MaxRequestBodySize = null;
                }

                var request = Forwarding.Request(http.Request, Forwarding.Body(http.Request));
                request.Headers.TryAddWithoutValidation("TE", "trailers");
                MarkCaller(request, caller);
                using var answer = await GrpcProxy.DeliverAsync(
                    self, caller, isSelf: false, request, path[InternalProtocol.ProxyPrefix.Length..], http.RequestAborted).ConfigureAwait(false);
                await answer.ForwardAsync(http, http.RequestAborted).ConfigureAwait(false);
            }
            else
            {
                await RefuseAsync(http, StatusCode.Unimplemented, "unknown kind of call").ConfigureAwait(false);
            }
        }
        catch (RpcException refused)
        {
            await GrpcProxy.FailAsync(http, refused.StatusCode, refused.Status.Detail).ConfigureAwait(false);
        }
        catch (DaprApiException refused)
        {
            await RefuseAsync(http, StatusCode.Internal, refused.Message).ConfigureAwait(false);
        }
        catch (Exception error) when (error is HttpRequestException or BadHttpRequestException && !http.RequestAborted.IsCancellationRequested)
        {
            await RefuseAsync(http, StatusCode.Unavailable, "the app did not take the call").ConfigureAwait(false);
        }
    }

    private async Task InvokeAsync(HttpContext http, CallerIdentity? caller, string escaped)
    {
        var method = MethodPath.FromEscaped(self.Id.AppId, escaped);
        var verb = http.Request.Method;
        self.CountRequest(caller?.AppId ?? "", "unary");
        using var request = Forwarding.Request(http.Request, Forwarding.Body(http.Request));
        using var span = self.StartSpan(request, method.Dispatch);
        if (!self.Allows(caller, method.Operation, verb, isHttp: true))
        {
            span?.SetStatus(System.Diagnostics.ActivityStatusCode.Error, "denied by access control");
            await RefuseAsync(
                http, StatusCode.PermissionDenied, $"access control policy has denied access to id: {caller} operation: {method.Operation} verb: {verb}").ConfigureAwait(false);
            return;
        }

        InvocationEngine.Deliverable(self, self.Id.AppId);
        MarkCaller(request, caller);
        using var response = await self.App.SendAsync(request, "/" + method.Dispatch + http.Request.QueryString.Value, http.RequestAborted).ConfigureAwait(false);
        self.CountAnswer(caller?.AppId ?? "", (int)response.StatusCode, "unary");
        Forwarding.CopyHead(response, http.Response);
        http.Response.Headers.Remove(InternalProtocol.RefusalHeader);
        await Forwarding.CopyBodyAsync(response, http.Response, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>What the app is told about the caller is what the certificate says.</summary>
    private static void MarkCaller(HttpRequestMessage request, CallerIdentity? caller)
    {
        if (caller is not null)
        {
            Forwarding.Set(request, Forwarding.CallerAppIdHeader, caller.AppId);
            Forwarding.Set(request, Forwarding.CallerNamespaceHeader, caller.Namespace);
        }
    }

    private static async Task RefuseAsync(HttpContext http, StatusCode code, string why)
    {
        if (http.Response.HasStarted)
        {
            http.Abort();
            return;
        }

        http.Response.Clear();
        http.Response.StatusCode = code == StatusCode.PermissionDenied ? 403 : 500;
        http.Response.Headers[InternalProtocol.RefusalHeader] = ((int)code).ToString(CultureInfo.InvariantCulture);
        await http.Response.BodyWriter.WriteAsync(Encoding.UTF8.GetBytes(why), http.RequestAborted).ConfigureAwait(false);
    }
}
