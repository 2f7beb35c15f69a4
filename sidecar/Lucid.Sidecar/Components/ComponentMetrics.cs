using Prometheus;

namespace Lucid.Sidecar.Components;

/// <summary>daprd's counters of component loading.</summary>
internal sealed class ComponentMetrics(IMetricFactory factory, string appId)
{
    private readonly Counter loaded = factory.CreateCounter(
        "dapr_runtime_component_loaded", "Components loaded.", ["app_id"]);

    private readonly Counter opened = factory.CreateCounter(
        "dapr_runtime_component_init_total", "Components initialised.", ["app_id", "type"]);

    private readonly Counter failed = factory.CreateCounter(
        "dapr_runtime_component_init_fail_total", "Components that could not be initialised.", ["app_id", "type", "reason"]);

    public void Opened(string type)
    {
        loaded.WithLabels(appId).Inc();
        opened.WithLabels(appId, type).Inc();
    }

    public void Failed(string type) => failed.WithLabels(appId, type, "init").Inc();
}
