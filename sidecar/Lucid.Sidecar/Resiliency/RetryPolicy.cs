using Grpc.Core;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Resiliency;

/// <summary>A named retry policy, read and checked.</summary>
internal sealed class RetryPolicy(RetryPolicySpec spec, StatusMatch? http, StatusMatch? grpc)
{
    public RetryPolicySpec Spec => spec;

    /// <exception cref="FormatException">A code of <c>matching</c> cannot be read.</exception>
    public static RetryPolicy Of(RetryPolicySpec spec) => new(
        spec,
        string.IsNullOrEmpty(spec.HttpStatusCodes) ? null : StatusMatch.Parse(spec.HttpStatusCodes, 100, 599),
        string.IsNullOrEmpty(spec.GrpcStatusCodes) ? null : StatusMatch.Parse(spec.GrpcStatusCodes, 0, 16));

    /// <summary>Failures without a code are always repeated; a code must be among those of <c>matching</c>, when it is set.</summary>
    public bool Repeats(AttemptOutcome outcome, Exception? failure) => failure switch
    {
        PermanentFailureException or CircuitOpenException => false,
        RpcException rpc => grpc is null || grpc.Contains((int)rpc.StatusCode),
        not null => true,
        _ when outcome.GrpcStatus is { } status => grpc is null || grpc.Contains(status),
        _ => http is null || outcome.HttpStatus is not { } status || http.Contains(status),
    };
}
