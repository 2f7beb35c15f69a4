using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Resiliency;

internal enum BreakerState { Closed, HalfOpen, Open }

/// <summary>
/// One breaker. Closed: counts, and opens when the trip expression holds after a failure; the counts start anew at each interval.
/// Open: refuses until its timeout has passed. Half-open: lets <c>maxRequests</c> through; that many successes in a row close it,
/// one failure opens it. An outcome that arrives after a change of state counts for nothing.
/// </summary>
internal sealed class CircuitBreaker(CircuitBreakerSpec spec, TripExpression trip, TimeProvider time, Action<BreakerState> changed)
{
    private readonly Lock gate = new();
    private readonly int halfOpenLimit = Math.Max(1, spec.MaxRequests);
    private readonly TimeSpan openFor = spec.Timeout > TimeSpan.Zero ? spec.Timeout : TimeSpan.FromSeconds(60);
    private BreakerState state;
    private BreakerCounts counts;
    private long generation;
    private DateTimeOffset? expiry = spec.Interval > TimeSpan.Zero ? time.GetUtcNow() + spec.Interval : null;

    public BreakerState State
    {
        get
        {
            lock (gate)
            {
                return Current();
            }
        }
    }

    /// <summary>A ticket to hand back with the outcome; null: the call is refused.</summary>
    public long? TryEnter()
    {
        lock (gate)
        {
            var current = Current();
            if (current is BreakerState.Open || (current is BreakerState.HalfOpen && counts.Requests >= halfOpenLimit))
            {
                return null;
            }

            counts = counts.Request();
            return generation;
        }
    }

    public void Report(long ticket, bool success)
    {
        lock (gate)
        {
            var current = Current();
            if (ticket != generation)
            {
                return;
            }

            counts = success ? counts.Success() : counts.Failure();
            switch (current)
            {
                case BreakerState.Closed when !success && trip.IsTrue(counts):
                case BreakerState.HalfOpen when !success:
                    Enter(BreakerState.Open);
                    break;
                case BreakerState.HalfOpen when counts.ConsecutiveSuccesses >= halfOpenLimit:
                    Enter(BreakerState.Closed);
                    break;
            }
        }
    }

    private BreakerState Current()
    {
        if (expiry < time.GetUtcNow())
        {
            if (state is BreakerState.Open)
            {
                Enter(BreakerState.HalfOpen);
            }
            else
            {
                StartGeneration();
            }
        }

        return state;
    }

    private void Enter(BreakerState next)
    {
        state = next;
        StartGeneration();
        changed(next);
    }

    private void StartGeneration()
    {
        generation++;
        counts = default;
        expiry = state switch
        {
            BreakerState.Open => time.GetUtcNow() + openFor,
            BreakerState.Closed when spec.Interval > TimeSpan.Zero => time.GetUtcNow() + spec.Interval,
            _ => null,
        };
    }
}
