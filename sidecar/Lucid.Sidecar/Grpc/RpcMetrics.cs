using Grpc.Core;
using Lucid.Sidecar.Runtime;
using Prometheus;

namespace Lucid.Sidecar.Grpc;

/// <summary>daprd's counters of its gRPC server; latencies in milliseconds.</summary>
internal sealed class RpcMetrics(SidecarContext context)
{
    private static readonly string[] Labels = ["app_id", "grpc_server_method", "grpc_server_status"];

    private readonly Counter completed = context.Metrics.CreateCounter(
        "dapr_grpc_io_server_completed_rpcs", "RPCs completed, by method and status.", Labels);

    private readonly Histogram latency = context.Metrics.CreateHistogram(
        "dapr_grpc_io_server_server_latency",
        "Time from the first byte of a request to the last of its answer, in milliseconds.",
        Labels,
        new HistogramConfiguration { Buckets = Components.OperationMetrics.Buckets });

    public void Record(string method, StatusCode status, TimeSpan elapsed)
    {
        string[] values = [context.Options.AppId, method, Text(status)];
        completed.WithLabels(values).Inc();
        latency.WithLabels(values).Observe(elapsed.TotalMilliseconds);
    }

    /// <summary>The names of the gRPC specification: UPPER_SNAKE_CASE.</summary>
    private static string Text(StatusCode status) => status switch
    {
        StatusCode.OK => "OK",
        StatusCode.Cancelled => "CANCELLED",
        StatusCode.InvalidArgument => "INVALID_ARGUMENT",
        StatusCode.DeadlineExceeded => "DEADLINE_EXCEEDED",
        StatusCode.NotFound => "NOT_FOUND",
        StatusCode.AlreadyExists => "ALREADY_EXISTS",
        StatusCode.PermissionDenied => "PERMISSION_DENIED",
        StatusCode.Unauthenticated => "UNAUTHENTICATED",
        StatusCode.ResourceExhausted => "RESOURCE_EXHAUSTED",
        StatusCode.FailedPrecondition => "FAILED_PRECONDITION",
        StatusCode.Aborted => "ABORTED",
        StatusCode.OutOfRange => "OUT_OF_RANGE",
        StatusCode.Unimplemented => "UNIMPLEMENTED",
        StatusCode.Internal => "INTERNAL",
        StatusCode.Unavailable => "UNAVAILABLE",
        StatusCode.DataLoss => "DATA_LOSS",
        _ => "UNKNOWN",
    };
}
