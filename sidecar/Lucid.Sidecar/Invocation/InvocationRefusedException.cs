using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Invocation;

/// <summary>A sidecar, not an app, declined a call. A gRPC proxy answers with <paramref name="code"/>, every other surface with the error.</summary>
internal sealed class InvocationRefusedException(StatusCode code, string reason, DaprError error) : Exception(reason)
{
    public StatusCode Code { get; } = code;
    public DaprError Error { get; } = error;
}
