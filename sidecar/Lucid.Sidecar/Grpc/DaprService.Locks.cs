using Dapr.Client.Autogen.Grpc.v1;
using Grpc.Core;
using Lucid.Sidecar.Locks;

namespace Lucid.Sidecar.Grpc;

public sealed partial class DaprService
{
    public LockEngine? Locks { get; init; }

    internal async Task<TryLockResponse> TryLockAsync(TryLockRequest request, ServerCallContext call) => new()
    {
        Success = await Require(Locks, call).TryLockAsync(request.StoreName, request.ResourceId, request.LockOwner, request.ExpiryInSeconds, call.CancellationToken).ConfigureAwait(false),
    };

    internal async Task<UnlockResponse> UnlockAsync(UnlockRequest request, ServerCallContext call) => new()
    {
        Status = (UnlockResponse.Types.Status)(int)await Require(Locks, call)
            .UnlockAsync(request.StoreName, request.ResourceId, request.LockOwner, call.CancellationToken).ConfigureAwait(false),
    };
}
