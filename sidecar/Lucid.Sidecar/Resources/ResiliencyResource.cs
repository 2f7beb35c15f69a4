namespace Lucid.Sidecar.Resources;

/// <summary>kind Resiliency; targets refer to policies by name.</summary>
public sealed record ResiliencyResource(string Name, SourceLocation Location)
{
    public IReadOnlyList<string> Scopes { get; init; } = [];
    public IReadOnlyDictionary<string, TimeSpan> Timeouts { get; init; } = new Dictionary<string, TimeSpan>();
    public IReadOnlyDictionary<string, RetryPolicySpec> Retries { get; init; } = new Dictionary<string, RetryPolicySpec>();
    public IReadOnlyDictionary<string, CircuitBreakerSpec> CircuitBreakers { get; init; } = new Dictionary<string, CircuitBreakerSpec>();
    public IReadOnlyDictionary<string, ResiliencyTarget> Apps { get; init; } = new Dictionary<string, ResiliencyTarget>();
    public IReadOnlyDictionary<string, ResiliencyTarget> Actors { get; init; } = new Dictionary<string, ResiliencyTarget>();
    public IReadOnlyDictionary<string, ComponentTarget> Components { get; init; } = new Dictionary<string, ComponentTarget>();
}

public enum RetryBackoff { Constant, Exponential }

/// <param name="MaxRetries">-1: for ever.</param>
/// <param name="HttpStatusCodes">For example <c>429,500-599</c>; null: daprd's rule (every answer outside 200–399).</param>
public sealed record RetryPolicySpec(
    RetryBackoff Backoff, TimeSpan Duration, TimeSpan MaxInterval, int MaxRetries, string? HttpStatusCodes, string? GrpcStatusCodes);

/// <param name="Trip">An expression such as <c>consecutiveFailures &gt; 5</c>.</param>
public sealed record CircuitBreakerSpec(int MaxRequests, TimeSpan Interval, TimeSpan Timeout, string Trip);

public sealed record ResiliencyTarget(string? Timeout, string? Retry, string? CircuitBreaker, int? CircuitBreakerCacheSize = null, string? CircuitBreakerScope = null);

public sealed record ComponentTarget(ResiliencyTarget? Outbound, ResiliencyTarget? Inbound);
