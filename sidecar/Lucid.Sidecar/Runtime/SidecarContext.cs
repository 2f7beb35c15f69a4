using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Runtime;

/// <summary>What the parts of one running sidecar share. Made by the host; parts take from it only what they need.</summary>
public sealed record SidecarContext
{
    public required SidecarOptions Options { get; init; }
    public required ResourceSet Resources { get; init; }
    public required IAppChannel App { get; init; }
    public required ComponentHost ComponentHost { get; init; }
    public required IResiliency Resiliency { get; init; }
    public required TimeProvider Time { get; init; }
    public required ILoggerFactory Loggers { get; init; }

    /// <summary>This sidecar's metrics; a part makes its own under daprd's names with the label <c>app_id</c>.</summary>
    public required IMetricFactory Metrics { get; init; }

    /// <summary>This sidecar's spans.</summary>
    internal SidecarTracer Tracer { get; init; } = SidecarTracer.None;
}
