namespace Lucid.ApiGateway.Limits;

/// <summary>
/// Limits and deny-list in this process, for one instance. A key's window is the log of its admitted requests, so "at most N in any 60 s"
/// holds exactly. One lock spans a decision over all its keys.
/// </summary>
internal sealed class SlidingWindowLimiter(TimeProvider clock) : IRateLimiter
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Log> _logs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _denied = new(StringComparer.Ordinal);
    private long _swept = clock.GetTimestamp();

    public ValueTask<RateDecision> DecideAsync(RateQuestion question, CancellationToken cancellationToken) => ValueTask.FromResult(Decide(question));

    public ValueTask DenyAsync(string subject, DateTimeOffset until, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (until > clock.GetUtcNow())
            {
                _denied[subject] = until;
            }
            else
            {
                _denied.Remove(subject);
            }
        }

        return ValueTask.CompletedTask;
    }

    internal RateDecision Decide(RateQuestion question)
    {
        lock (_gate)
        {
            var now = clock.GetTimestamp();
            var time = clock.GetUtcNow();
            if (question.Subjects.Any(subject => _denied.TryGetValue(subject, out var until) && until > time))
            {
                return RateDecision.Denied;
            }

            SweepIfDue(now, time);
            foreach (var charge in question.Charges)
            {
                var log = LogOf(charge);
                log.Trim(now - Ticks(RateRule.Window));
                var blocked = log.BlockedUntil > now;
                if (blocked || log.Count >= charge.Rule.Limit)
                {
                    if (!blocked && charge.Rule.Block is { } block)
                    {
                        log.BlockedUntil = now + Ticks(block);
                        blocked = true;
                    }

                    var state = StateOf(charge.Rule, log, now, time);
                    return new RateDecision(false, state, new RateRefusal(state, blocked));
                }
            }

            RateState? tightest = null;
            foreach (var charge in question.Charges)
            {
                var log = LogOf(charge);
                if (charge.Cost > 0)
                {
                    log.Add(now);
                    tightest = RateState.Tighter(tightest, StateOf(charge.Rule, log, now, time));
                }
            }

            return tightest is null ? RateDecision.Free : new RateDecision(false, tightest, null);
        }
    }

    private Log LogOf(RateCharge charge)
    {
        if (!_logs.TryGetValue(charge.FullKey, out var log))
        {
            _logs[charge.FullKey] = log = new Log();
        }

        return log;
    }

    private RateState StateOf(RateRule rule, Log log, long now, DateTimeOffset time)
    {
        var free = log.Count == 0 ? now : log.Oldest + Ticks(RateRule.Window);
        var wait = TimeSpan.FromSeconds((double)(Math.Max(free, log.BlockedUntil) - now) / clock.TimestampFrequency);
        return new RateState(rule, log.Count, wait, time + wait);
    }

    private void SweepIfDue(long now, DateTimeOffset time)
    {
        if (now - _swept < Ticks(SweepInterval))
        {
            return;
        }

        _swept = now;
        foreach (var (key, log) in _logs)
        {
            log.Trim(now - Ticks(RateRule.Window));
            if (log.Count == 0 && log.BlockedUntil <= now)
            {
                _logs.Remove(key);
            }
        }

        foreach (var (subject, until) in _denied)
        {
            if (until <= time)
            {
                _denied.Remove(subject);
            }
        }
    }

    private long Ticks(TimeSpan span) => (long)(span.TotalSeconds * clock.TimestampFrequency);

    /// <summary>Times of admitted requests in a ring, oldest first.</summary>
    private sealed class Log
    {
        private long[] _times = new long[4];
        private int _first;

        public int Count { get; private set; }

        public long BlockedUntil { get; set; } = long.MinValue;

        public long Oldest => _times[_first];

        public void Trim(long border)
        {
            while (Count > 0 && _times[_first] <= border)
            {
                _first = (_first + 1) % _times.Length;
                Count--;
            }
        }

        public void Add(long time)
        {
            if (Count == _times.Length)
            {
                var larger = new long[Count * 2];
                for (var i = 0; i < Count; i++)
                {
                    larger[i] = _times[(_first + i) % Count];
                }

                (_times, _first) = (larger, 0);
            }

            _times[(_first + Count++) % _times.Length] = time;
        }
    }
}
