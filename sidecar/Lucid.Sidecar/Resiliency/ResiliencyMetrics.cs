using Prometheus;

namespace Lucid.Sidecar.Resiliency;

/// <summary>daprd's resiliency metrics of one app.</summary>
internal sealed class ResiliencyMetrics(IMetricFactory factory, string appId, string @namespace)
{
    private static readonly string[] Labels = ["app_id", "name", "policy", "namespace", "flow_direction", "target", "status"];
    private static readonly string[] LoadedLabels = ["app_id", "name", "namespace"];

    private readonly Counter loaded = factory.CreateCounter("dapr_resiliency_loaded", "Resiliency resources loaded.", LoadedLabels);
    private readonly Counter count = factory.CreateCounter("dapr_resiliency_count", "Times a policy was applied.", Labels);
    private readonly Counter activations = factory.CreateCounter(
        "dapr_resiliency_activations_total", "Times a policy acted: a retry, a timeout, a breaker's change of state.", Labels);

    private readonly Gauge breakerState = factory.CreateGauge(
        "dapr_resiliency_cb_state", "1 at the status the breaker is in, 0 at the others.", Labels);

    public void Loaded(string resource) => loaded.WithLabels(appId, resource, @namespace).Inc();

    public PolicyMetrics Of(string resource, string direction, string target) => new(
        (policy, status) => count.WithLabels(appId, resource, policy, @namespace, direction, target, status),
        (policy, status) => activations.WithLabels(appId, resource, policy, @namespace, direction, target, status),
        status => breakerState.WithLabels(appId, resource, "circuitbreaker", @namespace, direction, target, status));
}

/// <summary>The same, of one target.</summary>
internal sealed class PolicyMetrics(Func<string, string, Counter.Child> count, Func<string, string, Counter.Child> activations, Func<string, Gauge.Child> breakerState)
{
    private static readonly BreakerState[] States = Enum.GetValues<BreakerState>();

    public void Executed(bool timeout, bool retry, BreakerState? breaker)
    {
        if (timeout)
        {
            count("timeout", "").Inc();
        }

        if (retry)
        {
            count("retry", "").Inc();
        }

        if (breaker is { } state)
        {
            count("circuitbreaker", Text(state)).Inc();
        }
    }

    public void TimeoutActivated() => activations("timeout", "").Inc();

    public void RetryActivated() => activations("retry", "").Inc();

    public void BreakerChanged(BreakerState state)
    {
        activations("circuitbreaker", Text(state)).Inc();
        foreach (var other in States)
        {
            breakerState(Text(other)).Set(other == state ? 1 : 0);
        }
    }

    private static string Text(BreakerState state) => state switch
    {
        BreakerState.Closed => "closed",
        BreakerState.HalfOpen => "half-open",
        _ => "open",
    };
}
