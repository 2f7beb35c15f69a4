using System.Net.Sockets;
using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>The errors of service invocation, with daprd's wording.</summary>
internal static class InvocationErrors
{
    public const string Code = "ERR_DIRECT_INVOKE";

    public static readonly DaprError NoAppId =
        new(Code, "failed getting app id either from the URL path or the header dapr-app-id", 404, StatusCode.NotFound);

    /// <param name="code">The status inside; what a gRPC proxy call answers with.</param>
    public static DaprError Failed(string target, StatusCode code, string why, int httpStatus = 500) =>
        new(Code, $"failed to invoke, id: {target}, err: rpc error: code = {code} desc = {why}", httpStatus, StatusCode.Internal);

    public static DaprApiException Unreachable(string target, string why, Exception? inner = null) =>
        new(Failed(target, StatusCode.Unavailable, why), inner);

    public static DaprApiException Denied(string target, CallerIdentity? caller, string operation, string verb) =>
        new(Failed(
            target,
            StatusCode.PermissionDenied,
            $"access control policy has denied access to id: {caller?.ToString() ?? ""} operation: {operation} verb: {verb}",
            403));

    public static DaprError TooLarge(string targetText) =>
        Failed(targetText, StatusCode.ResourceExhausted, "http: request body too large");

    /// <summary>The error a client sees for what went wrong on the way; null for what is not ours to explain.</summary>
    public static DaprApiException? Translate(string targetText, Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is BadHttpRequestException { StatusCode: 413 })
            {
                return new DaprApiException(TooLarge(targetText), error);
            }
        }

        return error switch
        {
            DaprApiException => null,
            InvocationRefusedException refused => new DaprApiException(refused.Error, error),
            TimeoutException => new DaprApiException(Failed(targetText, StatusCode.DeadlineExceeded, "context deadline exceeded"), error),
            CircuitOpenException => new DaprApiException(Failed(targetText, StatusCode.Unavailable, "circuit breaker is open"), error),
            PermanentFailureException { InnerException: { } inner } => Translate(targetText, inner) ?? inner as DaprApiException,
            HttpRequestException { InnerException: SocketException socket } => Unreachable(targetText, $"the callee does not answer: {socket.SocketErrorCode}", error),
            HttpRequestException or IOException => Unreachable(targetText, "the connection to the callee failed", error),
            _ => null,
        };
    }
}
