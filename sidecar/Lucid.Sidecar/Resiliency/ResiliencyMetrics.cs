using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Resiliency;

/// <summary>daprd's resiliency metrics of one app.</summary>
internal sealed class ResiliencyMetrics(IMetricFactory factory, string appId, string @namespace)
{
    private readonly Counter loaded = DaprMetrics.ResiliencyLoaded.In(factory);
    private readonly Counter count = DaprMetrics.ResiliencyCount.In(factory);
    private readonly Counter activations = DaprMetrics.ResiliencyActivations.In(factory);
    private readonly Gauge breakerState = DaprMetrics.BreakerState.In(factory);

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
