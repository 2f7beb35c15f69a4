namespace Lucid.ApiGateway.Proxy;

/// <summary>
/// One owner's circuit breaker (gateway §7). Failures are connection errors, timeouts and 5xx in a row; 4xx are the caller's. Closed →
/// open for <see cref="CircuitRule.OpenTime"/> → half-open with at most three at a time; one failure opens again, three successes close.
/// </summary>
internal sealed class Circuit(CircuitRule rule, TimeProvider clock)
{
    private const int Probes = 3;

    private readonly Lock _gate = new();
    private bool _isTripped;
    private long _openedAt;
    private int _failures;
    private int _probing;
    private int _proven;

    /// <summary>Null: go ahead, and <see cref="Report"/> the end. Otherwise the time until the next attempt makes sense.</summary>
    public TimeSpan? Enter()
    {
        lock (_gate)
        {
            if (!_isTripped)
            {
                return null;
            }

            var left = rule.OpenTime - clock.GetElapsedTime(_openedAt);
            if (left > TimeSpan.Zero)
            {
                return left;
            }

            if (_probing >= Probes)
            {
                return TimeSpan.FromSeconds(1);
            }

            _probing++;
            return null;
        }
    }

    /// <param name="succeeded">Null: it ended without telling anything about the owner (the client went away).</param>
    /// <returns>True when this report opened the circuit.</returns>
    public bool Report(bool? succeeded)
    {
        lock (_gate)
        {
            _probing = Math.Max(0, _probing - 1);
            if (succeeded == true)
            {
                _failures = 0;
                if (_isTripped && ++_proven >= Probes)
                {
                    (_isTripped, _proven, _probing) = (false, 0, 0);
                }

                return false;
            }

            if (succeeded is null || (_isTripped ? clock.GetElapsedTime(_openedAt) < rule.OpenTime : ++_failures < rule.Failures))
            {
                return false;
            }

            (_isTripped, _openedAt, _failures, _proven, _probing) = (true, clock.GetTimestamp(), 0, 0, 0);
            return true;
        }
    }
}

/// <param name="Failures">In a row, to open.</param>
internal sealed record CircuitRule(int Failures, TimeSpan OpenTime);
