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
        new(Code, $"failed to invoke, id: {target}, err: rpc error: code = {code} desc = {why}", httpStatus, StatusCode.Internal)
        {
            ReasonMetadata = null,
        };

    public static DaprApiException Unreachable(string target, string why, Exception? inner = null) =>
        new(Failed(target, StatusCode.Unavailable, why), inner);

    public static DaprApiException Denied(string target, CallerIdentity? caller, string operation, string verb) =>
        new(Failed(
            target,
            StatusCode.PermissionDenied,
            $"access control policy has denied access to id: {caller?.ToString() ?? ""} operation: {operation} verb: {verb}",
            403));
}
