using System.Collections.Concurrent;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Components;

/// <summary>daprd's per-component counters and latencies of one building block: <c>state</c>, <c>secret</c> or <c>configuration</c>.</summary>
internal sealed class OperationMetrics(SidecarContext context, string block)
{
    private static readonly Dictionary<string, (CounterDefinition Count, HistogramDefinition Latency)> Blocks = new(StringComparer.Ordinal)
    {
        ["state"] = (DaprMetrics.StateCount, DaprMetrics.StateLatency),
        ["secret"] = (DaprMetrics.SecretCount, DaprMetrics.SecretLatency),
        ["configuration"] = (DaprMetrics.ConfigurationCount, DaprMetrics.ConfigurationLatency),
    };

    private readonly Counter count = Blocks[block].Count.In(context.Metrics);
    private readonly Histogram latency = Blocks[block].Latency.In(context.Metrics);
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
