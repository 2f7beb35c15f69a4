using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Tests.Telemetry;

/// <summary>Resources of a sidecar that sends its spans somewhere.</summary>
internal static class TracedResources
{
    public static ResourceSet Traced(Collector collector, params ComponentResource[] components) => Traced(collector, 1, components);

    public static ResourceSet Traced(Collector collector, double rate, params ComponentResource[] components) =>
        With(new TracingSpec(rate) { Otlp = new OtlpSpec(new Uri($"http://127.0.0.1:{collector.Port}/v1/traces"), "http") }) with { Components = components };

    public static ResourceSet With(TracingSpec tracing) => ResourceSet.Empty with { Configuration = ResourceSet.Empty.Configuration with { Tracing = tracing } };

    public static ComponentResource Component(string name, string type) => new(name, null, type, "v1", new SourceLocation("c.yaml", 1));
}
