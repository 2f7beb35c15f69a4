using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Resiliency;

/// <summary>
/// The policies and targets of all Resiliency resources in an app's scope, merged by name in the order of the files, checked.
/// </summary>
internal sealed class PolicyLibrary
{
    private const string ActorNotFound = "DaprBuiltInActorNotFoundRetries";
    private const int LeastBuiltInRetries = 3;

    private static readonly Dictionary<string, RetryPolicySpec> BuiltIn = new()
    {
        ["DaprBuiltInServiceRetries"] = Constant(3),
        ["DaprBuiltInActorRetries"] = Constant(3),
        [ActorNotFound] = Constant(5),
        ["DaprBuiltInActorReminderRetries"] = new(RetryBackoff.Exponential, TimeSpan.Zero, TimeSpan.FromSeconds(60), -1, null, null),
        ["DaprBuiltInInitializationRetries"] = new(RetryBackoff.Exponential, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), 3, null, null),
    };

    private readonly Dictionary<string, TimeSpan> timeouts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RetryPolicy> retries = BuiltIn.ToDictionary(pair => pair.Key, pair => RetryPolicy.Of(pair.Value), StringComparer.Ordinal);
    private readonly Dictionary<string, (CircuitBreakerSpec Spec, TripExpression Trip)> breakers = new(StringComparer.Ordinal);
    private readonly HashSet<string> overridden = new(StringComparer.Ordinal);

    /// <exception cref="ResourceException">An expression or code cannot be read, or a target names a policy that is not there.</exception>
    public PolicyLibrary(IEnumerable<ResiliencyResource> resources, string appId)
    {
        Resources = [.. resources.Where(resource => resource.Scopes.Count == 0 || resource.Scopes.Contains(appId))];
        foreach (var resource in Resources)
        {
            Read(resource);
        }

        foreach (var resource in Resources)
        {
            Check(resource);
        }
    }

    public IReadOnlyList<ResiliencyResource> Resources { get; }

    public TimeSpan? Timeout(string? name) =>
        name is { Length: > 0 } && timeouts.TryGetValue(name, out var timeout) && timeout > TimeSpan.Zero ? timeout : null;

    public RetryPolicy? Retry(string? name) => name is { Length: > 0 } ? retries.GetValueOrDefault(name) : null;

    public (CircuitBreakerSpec Spec, TripExpression Trip)? Breaker(string? name) =>
        name is { Length: > 0 } && breakers.TryGetValue(name, out var breaker) ? breaker : null;

    /// <summary>A retry policy that the files define, or override; null for one that only daprd has.</summary>
    public RetryPolicy? Written(string name) => overridden.Contains(name) ? retries[name] : null;

    /// <summary>daprd's defaults by name: of each kind the policy <c>Default{level}…Policy</c> of the first level that has one; null: none of the three.</summary>
    public ResiliencyTarget? Default(params string[] levels)
    {
        string[] all = [.. levels, ""];
        var target = new ResiliencyTarget(
            Array.Find([.. all.Select(level => $"Default{level}TimeoutPolicy")], timeouts.ContainsKey),
            Array.Find([.. all.Select(level => $"Default{level}RetryPolicy")], retries.ContainsKey),
            Array.Find([.. all.Select(level => $"Default{level}CircuitBreakerPolicy")], breakers.ContainsKey));
        return target is { Timeout: null, Retry: null, CircuitBreaker: null } ? null : target;
    }

    private void Read(ResiliencyResource resource)
    {
        foreach (var (name, timeout) in resource.Timeouts)
        {
            timeouts[name] = timeout;
        }

        foreach (var (name, spec) in resource.Retries)
        {
            if (name == ActorNotFound)
            {
                throw new ResourceException(resource.Location, $"spec.policies.retries.{name}: this policy of the runtime cannot be replaced");
            }

            // daprd raises what replaces one of its own policies to three retries.
            var least = BuiltIn.ContainsKey(name) && spec.MaxRetries < LeastBuiltInRetries ? spec with { MaxRetries = LeastBuiltInRetries } : spec;
            retries[name] = Parse(resource, $"retries.{name}.matching", () => RetryPolicy.Of(least));
            overridden.Add(name);
        }

        foreach (var (name, spec) in resource.CircuitBreakers)
        {
            breakers[name] = (spec, Parse(resource, $"circuitBreakers.{name}.trip", () => TripExpression.Parse(spec.Trip)));
        }
    }

    private void Check(ResiliencyResource resource)
    {
        foreach (var (name, target) in resource.Apps)
        {
            Check(resource, $"apps.{name}", target);
        }

        foreach (var (name, target) in resource.Actors)
        {
            Check(resource, $"actors.{name}", target);
            if (!string.IsNullOrEmpty(target.CircuitBreaker) && target.CircuitBreakerScope is not ("type" or "id" or "both"))
            {
                throw new ResourceException(
                    resource.Location, $"spec.targets.actors.{name}.circuitBreakerScope: an actor's circuit breaker needs a scope: type, id or both");
            }
        }

        foreach (var (name, target) in resource.Components)
        {
            Check(resource, $"components.{name}.outbound", target.Outbound);
            Check(resource, $"components.{name}.inbound", target.Inbound);
        }
    }

    private void Check(ResiliencyResource resource, string path, ResiliencyTarget? target)
    {
        (string Field, string? Name, bool Known)[] references =
        [
            ("timeout", target?.Timeout, timeouts.ContainsKey(target?.Timeout ?? "")),
            ("retry", target?.Retry, retries.ContainsKey(target?.Retry ?? "")),
            ("circuitBreaker", target?.CircuitBreaker, breakers.ContainsKey(target?.CircuitBreaker ?? "")),
        ];
        foreach (var (field, name, known) in references)
        {
            if (!string.IsNullOrEmpty(name) && !known)
            {
                throw new ResourceException(resource.Location, $"spec.targets.{path}.{field}: there is no policy {name}");
            }
        }
    }

    private static T Parse<T>(ResiliencyResource resource, string path, Func<T> parse)
    {
        try
        {
            return parse();
        }
        catch (FormatException unreadable)
        {
            throw new ResourceException(resource.Location, $"spec.policies.{path}: {unreadable.Message}");
        }
    }

    private static RetryPolicySpec Constant(int retries) =>
        new(RetryBackoff.Constant, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60), retries, null, null);
}
