using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Secrets;

/// <summary>daprd's errors of the secrets API.</summary>
internal static class SecretErrors
{
    public static DaprApiException NotConfigured() => new(
        new DaprError("ERR_SECRET_STORES_NOT_CONFIGURED", "secret store is not configured", 500, StatusCode.FailedPrecondition));

    public static DaprApiException NotFound(string store) => new(
        new DaprError("ERR_SECRET_STORE_NOT_FOUND", $"failed finding secret store with key {store}", 401, StatusCode.InvalidArgument));

    public static DaprApiException Denied(string store, string secret) => new(
        new DaprError("ERR_PERMISSION_DENIED", $"access denied by policy to get \"{secret}\" from \"{store}\"", 403, StatusCode.PermissionDenied));

    public static DaprApiException Get(string store, string secret, string problem, Exception? inner = null) => new(
        new DaprError("ERR_SECRET_GET", $"failed getting secret with key {secret} from secret store {store}: {problem}", 500, StatusCode.Internal), inner);

    public static DaprApiException BulkGet(string store, Exception inner) => new(
        new DaprError("ERR_SECRET_GET", $"failed getting secrets from secret store {store}: {inner.Message}", 500, StatusCode.Internal), inner);
}
