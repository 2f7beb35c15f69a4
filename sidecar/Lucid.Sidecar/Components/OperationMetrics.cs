using System.Collections.Concurrent;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Runtime;
using Prometheus;

namespace Lucid.Sidecar.Components;

/// <summary>daprd's per-component counters and latencies (milliseconds) of one building block: <c>state</c> or <c>secret</c>.</summary>
internal sealed class OperationMetrics(SidecarContext context, string block)
{
    private static readonly string[] Labels = ["app_id", "component", "namespace", "operation", "success"];

    private readonly Counter count = context.Metrics.CreateCounter(
        $"dapr_component_{block}_count", $"Operations performed on the {block} component.", Labels);

    private readonly Histogram latency = context.Metrics.CreateHistogram(
        $"dapr_component_{block}_latencies", $"Latency of the {block} component in milliseconds.", LatencyBuckets.Labelled(Labels));

    private readonly ConcurrentDictionary<(string, string, bool), (Counter.Child, Histogram.Child)> children = new();

    public void Record(string component, string operation, bool success, TimeSpan elapsed)
    {
        var (counter, histogram) = children.GetOrAdd((component, operation, success), Child);
        counter.Inc();
        histogram.Observe(elapsed.TotalMilliseconds);
    }

    private (Counter.Child, Histogram.Child) Child((string Component, string Operation, bool Success) key)
    {
        string[] values = [context.Options.AppId, key.Component, context.Options.Namespace, key.Operation, key.Success ? "true" : "false"];
        return (count.WithLabels(values), latency.WithLabels(values));
    }
}
