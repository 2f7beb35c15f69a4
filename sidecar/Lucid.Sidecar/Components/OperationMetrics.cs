using System.Collections.Concurrent;
using Lucid.Sidecar.Runtime;
using Prometheus;

namespace Lucid.Sidecar.Components;

/// <summary>daprd's per-component counters and latencies (milliseconds) of one building block: <c>state</c> or <c>secret</c>.</summary>
internal sealed class OperationMetrics(SidecarContext context, string block)
{
    private static readonly string[] Labels = ["app_id", "component", "namespace", "operation", "success"];

    /// <summary>daprd's default buckets for every latency.</summary>
    public static readonly double[] Buckets =
    [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800,
        1000, 2000, 5000, 10000, 20000, 50000, 100000,
    ];

    private readonly Counter count = context.Metrics.CreateCounter(
        $"dapr_component_{block}_count", $"Operations performed on the {block} component.", Labels);

    private readonly Histogram latency = context.Metrics.CreateHistogram(
        $"dapr_component_{block}_latencies", $"Latency of the {block} component in milliseconds.", Labels, new HistogramConfiguration { Buckets = Buckets });

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
