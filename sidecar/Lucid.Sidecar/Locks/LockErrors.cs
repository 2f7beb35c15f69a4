using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Locks;

/// <summary>daprd's errors of the lock API.</summary>
internal static class LockErrors
{
    public static DaprApiException NotConfigured() => new(new DaprError("ERR_LOCK_STORE_NOT_CONFIGURED", "lock store is not configured", 500, StatusCode.FailedPrecondition));

    public static DaprApiException NotFound(string store) => new(new DaprError("ERR_LOCK_STORE_NOT_FOUND", $"lock store {store} not found", 400, StatusCode.InvalidArgument));

    public static DaprApiException NoResource(string store) => Malformed($"ResourceId is empty in lock store {store}");

    public static DaprApiException NoOwner(string store) => Malformed($"LockOwner is empty in lock store {store}");

    public static DaprApiException NoExpiry(string store) => Malformed($"ExpiryInSeconds is not positive in lock store {store}");

    public static DaprApiException Malformed(string message, Exception? inner = null) => new(new DaprError("ERR_MALFORMED_REQUEST", message, 400, StatusCode.InvalidArgument), inner);

    public static DaprApiException TryLock(Exception inner) => new(new DaprError("ERR_TRY_LOCK", $"failed to try acquiring lock: {inner.Message}", 500, StatusCode.Internal), inner);

    public static DaprApiException Unlock(Exception inner) => new(new DaprError("ERR_UNLOCK", $"failed to release lock: {inner.Message}", 500, StatusCode.Internal), inner);
}
