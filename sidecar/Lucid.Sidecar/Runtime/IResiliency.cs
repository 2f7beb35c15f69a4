namespace Lucid.Sidecar.Runtime;

/// <summary>Resiliency policies by target. A runner with no policy calls straight through.</summary>
public interface IResiliency
{
    /// <summary>Policy of an app target; false from <see cref="IPolicy.IsConfigured"/> means daprd's built-in retries apply.</summary>
    IPolicy ForApp(string appId);

    /// <summary>The same for one method, which has a circuit breaker of its own.</summary>
    IPolicy ForApp(string appId, string method) => ForApp(appId);

    IPolicy ForActor(string actorType, string actorId);

    IPolicy ForComponentOutbound(string component);

    IPolicy ForComponentInbound(string component);

    /// <summary>A policy of the resource files by its name (for example <c>DaprBuiltInInitializationRetries</c> overrides); null when absent.</summary>
    IPolicy? ByName(string retryPolicy);
}

/// <summary>Timeout, retry and circuit breaker of one target.</summary>
public interface IPolicy
{
    bool IsConfigured { get; }

    /// <summary>True when an attempt may be made more than once, so that a request body must be kept for it.</summary>
    bool MayRepeat => IsConfigured;

    /// <summary>
    /// Runs <paramref name="attempt"/> under the policy. <paramref name="classify"/> tells of a result whether it is a failure
    /// that counts for retry and breaker; an exception counts always, unless it is <see cref="PermanentFailureException"/>.
    /// When retries are used up the last result is returned or the last exception thrown; an open breaker throws
    /// <see cref="CircuitOpenException"/>, an attempt over its time <see cref="TimeoutException"/>.
    /// </summary>
    Task<T> ExecuteAsync<T>(Func<CancellationToken, Task<T>> attempt, Func<T, AttemptOutcome> classify, CancellationToken cancellationToken);
}

/// <param name="IsFailure">Counts against the breaker and may be retried.</param>
/// <param name="HttpStatus">Compared with the retry policy's <c>matching.httpStatusCodes</c> when set.</param>
public readonly record struct AttemptOutcome(bool IsFailure, int? HttpStatus = null)
{
    /// <summary>Compared with <c>matching.gRPCStatusCodes</c> when set.</summary>
    public int? GrpcStatus { get; init; }

    /// <summary>A failure that counts against the breaker and cannot be repeated: part of the answer has left already.</summary>
    public bool IsFinal { get; init; }

    public static readonly AttemptOutcome Success = new(false);
}

/// <summary>A failure that no retry can mend.</summary>
public sealed class PermanentFailureException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The target's circuit breaker is open.</summary>
public sealed class CircuitOpenException(string target) : Exception($"circuit breaker is open for {target}");
