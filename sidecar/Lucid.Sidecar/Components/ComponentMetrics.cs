using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Components;

/// <summary>daprd's counters of component loading.</summary>
internal sealed class ComponentMetrics(IMetricFactory factory, string appId)
{
    private readonly Counter loaded = DaprMetrics.ComponentLoaded.In(factory);

    private readonly Counter opened = DaprMetrics.ComponentInitialised.In(factory);

    private readonly Counter failed = DaprMetrics.ComponentFailed.In(factory);

    public void Opened(string type)
    {
        loaded.WithLabels(appId).Inc();
        opened.WithLabels(appId, type).Inc();
    }

    public void Failed(string type, string name) => failed.WithLabels(appId, type, "init", name).Inc();
}
