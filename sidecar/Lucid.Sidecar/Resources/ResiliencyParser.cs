namespace Lucid.Sidecar.Resources;

/// <summary>kind Resiliency, dapr.io/v1alpha1. What is left out of a policy has daprd's default.</summary>
internal static class ResiliencyParser
{
    private const string Kind = "Resiliency";

    public static Parsed<ResiliencyResource> Parse(YamlNode document, PolicyReferences references) => FieldReader.Read(document, Kind, root =>
    {
        _ = (root.Take("apiVersion"), root.Take("kind"));
        var (name, @namespace) = ResourceMetadata.Read(root, required: true);
        var resource = new ResiliencyResource(name!, root.Location) { Scopes = root.TextList("scopes") };
        resource = root.Object("spec", spec =>
        {
            var read = spec.Object("policies", policies => Policies(policies, resource)) ?? resource;
            return spec.Object("targets", targets => Targets(targets, read, references)) ?? read;
        }) ?? throw root.Error("spec", "is required");
        references.Define(resource);
        return new Parsed<ResiliencyResource>(resource, name, @namespace, root.Location);
    });

    private static ResiliencyResource Policies(FieldReader policies, ResiliencyResource resource) => resource with
    {
        Timeouts = policies.DurationMap("timeouts"),
        Retries = policies.ObjectMap("retries", Retry),
        CircuitBreakers = policies.ObjectMap("circuitBreakers", breaker => new CircuitBreakerSpec(
            breaker.Int("maxRequests", 0, 1_000_000) is { } requests and > 0 ? requests : 1,
            breaker.Duration("interval") ?? TimeSpan.Zero,
            breaker.Duration("timeout") is { } timeout && timeout > TimeSpan.Zero ? timeout : TimeSpan.FromSeconds(60),
            breaker.Text("trip") ?? "consecutiveFailures > 5")),
    };

    private static RetryPolicySpec Retry(FieldReader retry)
    {
        var backoff = retry.Choice("policy", "constant", "exponential") == "exponential" ? RetryBackoff.Exponential : RetryBackoff.Constant;
        var matching = retry.Object("matching", match => new { Http = match.Text("httpStatusCodes"), Grpc = match.Text("gRPCStatusCodes") });
        return new RetryPolicySpec(
            backoff,
            retry.Duration("duration") ?? TimeSpan.FromSeconds(5),
            retry.Duration("maxInterval") ?? TimeSpan.FromSeconds(60),
            retry.Int("maxRetries", -1, 1_000_000) ?? -1,
            matching?.Http,
            matching?.Grpc);
    }

    private static ResiliencyResource Targets(FieldReader targets, ResiliencyResource resource, PolicyReferences references) => resource with
    {
        Apps = targets.ObjectMap("apps", app => Target(app, references) with { CircuitBreakerCacheSize = app.Int("circuitBreakerCacheSize", 1, 1_000_000) }),
        Actors = targets.ObjectMap("actors", actor => Target(actor, references) with
        {
            CircuitBreakerCacheSize = actor.Int("circuitBreakerCacheSize", 1, 1_000_000),
            CircuitBreakerScope = actor.Choice("circuitBreakerScope", "type", "id", "both"),
        }),
        Components = targets.ObjectMap("components", component => new ComponentTarget(
            component.Object("outbound", outbound => Target(outbound, references)),
            component.Object("inbound", inbound => Target(inbound, references)))),
    };

    private static ResiliencyTarget Target(FieldReader target, PolicyReferences references) => new(
        references.Use(target, "timeout"), references.Use(target, "retry"), references.Use(target, "circuitBreaker"));
}

/// <summary>Policies may stand in another file than the targets that name them: names are compared when all files are read.</summary>
internal sealed class PolicyReferences
{
    private readonly HashSet<(string Field, string Name)> defined = [];
    private readonly List<(string Field, string Name, ResourceException Missing)> used = [];

    public string? Use(FieldReader target, string field)
    {
        if (target.Text(field) is not { Length: > 0 } name)
        {
            return null;
        }

        used.Add((field, name, target.Error(field, $"names the policy '{name}', which no Resiliency file defines")));
        return name;
    }

    public void Define(ResiliencyResource resource)
    {
        defined.UnionWith(resource.Timeouts.Keys.Select(name => ("timeout", name)));
        defined.UnionWith(resource.Retries.Keys.Select(name => ("retry", name)));
        defined.UnionWith(resource.CircuitBreakers.Keys.Select(name => ("circuitBreaker", name)));
    }

    /// <exception cref="ResourceException">A target names a policy that is defined nowhere.</exception>
    public void Check()
    {
        foreach (var (field, name, missing) in used)
        {
            if (!defined.Contains((field, name)) && !name.StartsWith("DaprBuiltIn", StringComparison.Ordinal))
            {
                throw missing;
            }
        }
    }
}
