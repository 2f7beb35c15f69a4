using System.Diagnostics;
using Grpc.Core;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Invocation;

/// <summary>daprd's metrics of gRPC calls from the sidecar to its app, which are the proxied ones: streams to daprd, so their bytes are not counted.</summary>
internal sealed class GrpcClientMetrics(IMetricFactory metrics, string appId)
{
    private readonly Counter completed = DaprMetrics.GrpcClientCompleted.In(metrics);
    private readonly Histogram latency = DaprMetrics.GrpcClientLatency.In(metrics);

    public void Completed(string method, StatusCode status, long started)
    {
        completed.WithLabels(appId, method, status.ToString()).Inc();
        latency.WithLabels(appId, method, status.ToString()).Observe(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
