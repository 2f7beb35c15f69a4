using Grpc.Core;

namespace Lucid.Sidecar.Runtime;

/// <summary>An error of the Dapr API: one value, answered as JSON over HTTP and as a status over gRPC.</summary>
/// <param name="Code">The <c>errorCode</c>, for example <c>ERR_STATE_SAVE</c>.</param>
/// <param name="Reason">When set, the body carries <c>details</c> with a Google RPC ErrorInfo of this reason (domain <c>dapr.io</c>).</param>
public sealed record DaprError(string Code, string Message, int HttpStatus, StatusCode GrpcStatus, string? Reason = null)
{
    /// <summary><c>metadata</c> of the ErrorInfo, and the name of the ResourceInfo.</summary>
    public IReadOnlyDictionary<string, string>? ReasonMetadata { get; init; }
}

/// <summary>Carries a <see cref="DaprError"/> to the HTTP or gRPC surface.</summary>
public sealed class DaprApiException(DaprError error, Exception? inner = null) : Exception(error.Message, inner)
{
    public DaprError Error { get; } = error;
}
