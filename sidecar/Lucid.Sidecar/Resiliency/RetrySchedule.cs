using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Resiliency;

/// <summary>
/// The delays of one call. Constant: always <c>duration</c>. Exponential, as daprd's library does it: from 500 ms by half as much
/// again up to <c>maxInterval</c>, each between half and one and a half times that, and never beyond 15 minutes in all
/// (<c>duration</c> has no part in it).
/// </summary>
internal sealed class RetrySchedule
{
    private const double Multiplier = 1.5;
    private const double Jitter = 0.5;
    private static readonly TimeSpan InitialInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxElapsed = TimeSpan.FromMinutes(15);

    private readonly RetryPolicySpec spec;
    private readonly TimeProvider time;
    private readonly Func<double> random;
    private readonly long started;
    private TimeSpan interval = InitialInterval;
    private int made;

    /// <param name="random">From 0 up to 1.</param>
    public RetrySchedule(RetryPolicySpec spec, TimeProvider time, Func<double> random)
    {
        this.spec = spec;
        this.time = time;
        this.random = random;
        started = time.GetTimestamp();
    }

    /// <summary>How long to wait before the next attempt; null: there is none.</summary>
    public TimeSpan? Next()
    {
        if (spec.MaxRetries >= 0 && made >= spec.MaxRetries)
        {
            return null;
        }

        made++;
        if (spec.Backoff is RetryBackoff.Constant)
        {
            return spec.Duration;
        }

        var delay = interval * (1 - Jitter + (2 * Jitter * random()));
        interval = interval >= spec.MaxInterval / Multiplier ? spec.MaxInterval : interval * Multiplier;
        return time.GetElapsedTime(started) + delay > MaxElapsed ? null : delay;
    }
}
