using System.Collections.Concurrent;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Prometheus;

namespace Lucid.Sidecar.Resiliency;

/// <summary>
/// daprd's policies by target (contract §4.6). A target of the files decides alone; without one, policies named
/// <c>DefaultApp…</c>, <c>DefaultActor…</c>, <c>Default{Kind}ComponentOutbound…</c> and so on apply. Breakers live as long as the
/// engine: one for each method of an app, for each actor type or id, for each component.
/// </summary>
public sealed partial class ResiliencyEngine : IResiliency
{
    private const int MethodBreakers = 100;
    private const int ActorBreakers = 5000;

    private readonly PolicyLibrary library;
    private readonly TimeProvider time;
    private readonly ILogger<ResiliencyEngine> logger;
    private readonly ResiliencyMetrics metrics;
    private readonly Dictionary<string, string> componentKinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ResiliencyTarget Target, string Resource)> apps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ResiliencyTarget Target, string Resource)> actors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, (ComponentTarget Target, string Resource)> components = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, PolicyCache> caches = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, TargetPolicy> policies = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, CircuitBreaker> componentBreakers = new(StringComparer.Ordinal);

    /// <exception cref="ResourceException">A policy cannot be read, or a target names one that is not there.</exception>
    public ResiliencyEngine(SidecarOptions options, ResourceSet resources, TimeProvider time, IMetricFactory factory, ILoggerFactory loggers)
    {
        this.time = time;
        logger = loggers.CreateLogger<ResiliencyEngine>();
        metrics = new ResiliencyMetrics(factory, options.AppId, options.Namespace);
        library = new PolicyLibrary(resources.Resiliency, options.AppId);
        foreach (var component in resources.Components)
        {
            componentKinds[component.Name] = Kind(component.Type);
        }

        foreach (var resource in library.Resources)
        {
            metrics.Loaded(resource.Name);
            Add(apps, resource.Apps, resource.Name);
            Add(actors, resource.Actors, resource.Name);
            Add(components, resource.Components, resource.Name);
        }
    }

    public IPolicy ForApp(string appId) => ForApp(appId, "");

    public IPolicy ForApp(string appId, string method)
    {
        var (target, resource) = Find(apps, appId, "App");
        return target.CircuitBreaker is null
            ? policies.GetOrAdd($"app {appId}", _ => Make())
            : Cache($"app {appId}", target, MethodBreakers).GetOrAdd(method, Make);

        TargetPolicy Make() => Build(target, Breaker(target, $"{appId}:{method}", Metrics()), apps.ContainsKey(appId), $"app {appId}", Metrics());

        PolicyMetrics Metrics() => metrics.Of(resource, "outbound", "app_" + appId);
    }

    public IPolicy ForActor(string actorType, string actorId)
    {
        var (target, resource) = Find(actors, actorType, "Actor");
        var key = target.CircuitBreakerScope is "id" or "both" ? $"{actorType}-{actorId}" : actorType;
        return target.CircuitBreaker is null
            ? policies.GetOrAdd($"actor {actorType}", _ => Make())
            : Cache($"actor {actorType}", target, ActorBreakers).GetOrAdd(key, Make);

        TargetPolicy Make() => Build(target, Breaker(target, key, Metrics()), actors.ContainsKey(actorType), $"actor {actorType}", Metrics());

        PolicyMetrics Metrics() => metrics.Of(resource, "outbound", "actor_" + actorType);
    }

    public IPolicy ForComponentOutbound(string component) => ForComponent(component, "Outbound", target => target.Outbound);

    public IPolicy ForComponentInbound(string component) => ForComponent(component, "Inbound", target => target.Inbound);

    public IPolicy? ByName(string retryPolicy) => library.Written(retryPolicy) is not { } retry
        ? null
        : policies.GetOrAdd($"retry {retryPolicy}", _ => new TargetPolicy(
            retryPolicy, null, retry, null, true, metrics.Of(LastResource, "outbound", retryPolicy), time));

    private string LastResource => library.Resources.Count > 0 ? library.Resources[^1].Name : "";

    private TargetPolicy ForComponent(string component, string direction, Func<ComponentTarget, ResiliencyTarget?> side) =>
        policies.GetOrAdd($"component {component} {direction}", _ =>
        {
            var kind = componentKinds.GetValueOrDefault(component, "");
            var (target, resource) = components.TryGetValue(component, out var written)
                ? (side(written.Target) ?? None, written.Resource)
                : (library.Default($"{kind}Component{direction}", $"Component{direction}", "Component") ?? None, LastResource);
            var ofTarget = metrics.Of(resource, direction.ToLowerInvariant(), $"{kind}_{component}");

            // Both directions of a component share one breaker, the first to be asked for, as in daprd.
            var breaker = library.Breaker(target.CircuitBreaker) is null
                ? null
                : componentBreakers.GetOrAdd(component, _ => Breaker(target, component, ofTarget)!);
            return Build(target, breaker, components.ContainsKey(component), $"component {component} {direction.ToLowerInvariant()}", ofTarget);
        });

    private static readonly ResiliencyTarget None = new(null, null, null);

    private (ResiliencyTarget Target, string Resource) Find(
        Dictionary<string, (ResiliencyTarget Target, string Resource)> targets, string name, string level) =>
        targets.TryGetValue(name, out var written) ? written : (library.Default(level) ?? None, LastResource);

    private PolicyCache Cache(string name, ResiliencyTarget target, int capacity) =>
        caches.GetOrAdd(name, _ => new PolicyCache(target.CircuitBreakerCacheSize ?? capacity));

    private TargetPolicy Build(ResiliencyTarget target, CircuitBreaker? breaker, bool isTarget, string name, PolicyMetrics ofTarget)
    {
        var (timeout, retry) = (library.Timeout(target.Timeout), library.Retry(target.Retry));
        return new TargetPolicy(name, timeout, retry, breaker, isTarget || timeout is not null || retry is not null || breaker is not null, ofTarget, time);
    }

    private CircuitBreaker? Breaker(ResiliencyTarget target, string name, PolicyMetrics ofTarget) => library.Breaker(target.CircuitBreaker) is not { } policy
        ? null
        : new CircuitBreaker(policy.Spec, policy.Trip, time, state =>
        {
            LogBreaker(name, state);
            ofTarget.BreakerChanged(state);
        });

    private static void Add<T>(Dictionary<string, (T, string)> into, IReadOnlyDictionary<string, T> targets, string resource)
    {
        foreach (var (name, target) in targets)
        {
            into[name] = (target, resource);
        }
    }

    private static string Kind(string type) => type.Split('.')[0] switch
    {
        "state" => "Statestore",
        "pubsub" => "Pubsub",
        "secretstores" => "Secretstore",
        "bindings" => "Binding",
        "configuration" => "Configuration",
        "lock" => "Lock",
        "crypto" => "Crypto",
        var other => other,
    };
}
