using Prometheus;

namespace Lucid.Sidecar.Telemetry;

/// <summary>A metric before it is made: name, help and labels, in this order.</summary>
internal abstract record MetricDefinition(string Name, string Help, string[] Labels);

internal sealed record CounterDefinition(string Name, string Help, params string[] Labels) : MetricDefinition(Name, Help, Labels)
{
    public Counter In(IMetricFactory factory) => factory.CreateCounter(Name, Help, Labels);
}

internal sealed record GaugeDefinition(string Name, string Help, params string[] Labels) : MetricDefinition(Name, Help, Labels)
{
    public Gauge In(IMetricFactory factory) => factory.CreateGauge(Name, Help, Labels);
}

/// <param name="Buckets">Upper bounds: milliseconds of a latency, bytes of a size.</param>
internal sealed record HistogramDefinition(string Name, string Help, double[] Buckets, params string[] Labels) : MetricDefinition(Name, Help, Labels)
{
    public Histogram In(IMetricFactory factory) => factory.CreateHistogram(Name, Help, new HistogramConfiguration { Buckets = Buckets, LabelNames = Labels });
}
