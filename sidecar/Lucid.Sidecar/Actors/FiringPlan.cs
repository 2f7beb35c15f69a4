namespace Lucid.Sidecar.Actors;

/// <summary>When a reminder or timer fires: parsed once, advanced after each firing.</summary>
/// <param name="DueTime">As given by the app; handed back when it fires.</param>
/// <param name="Period">As given by the app.</param>
/// <param name="Next">The coming firing.</param>
/// <param name="FiringsLeft">Including the coming one; -1: without end.</param>
internal sealed record FiringPlan(string DueTime, string Period, DateTimeOffset Next, int FiringsLeft, DateTimeOffset? ExpiresAt)
{
    /// <summary>The plan of a registration at <paramref name="now"/>, or why it is refused.</summary>
    public static (FiringPlan? Plan, string Problem) Parse(string dueTime, string period, string timeToLive, DateTimeOffset now)
    {
        var first = now;
        if (dueTime.Length > 0 && !DaprDuration.TryParseInstant(dueTime, now, out first))
        {
            return (null, $"error parsing due time: unsupported time/duration format: {dueTime}");
        }

        var repetitions = -1;
        if (period.Length > 0)
        {
            if (!DaprDuration.TryParse(period, out var parsed) || parsed.Time < TimeSpan.Zero)
            {
                return (null, $"invalid period: parse error: unsupported duration format: {period}");
            }

            if (parsed.Repetitions == 0)
            {
                return (null, "invalid period: has zero repetitions");
            }

            repetitions = Math.Max(parsed.Repetitions, -1);
        }

        DateTimeOffset? expiresAt = null;
        if (timeToLive.Length > 0)
        {
            if (!DaprDuration.TryParseInstant(timeToLive, first, out var expiry))
            {
                return (null, $"error parsing TTL: unsupported time/duration format: {timeToLive}");
            }

            if (now > expiry || first > expiry)
            {
                return (null, $"has already expired: dueTime: {first:O} TTL: {timeToLive}");
            }

            expiresAt = expiry;
        }

        return (new FiringPlan(dueTime, period, first, repetitions, expiresAt), "");
    }

    /// <summary>True when the end of its life passed before it could fire.</summary>
    public bool IsExpired(DateTimeOffset now) => ExpiresAt is { } expiry && now > expiry && Next < expiry;

    /// <summary>
    /// The plan after a firing, or null when it was the last. Times that passed while nothing could fire
    /// (the process was down, the app was slow) are made up for by the one firing that happened.
    /// </summary>
    public FiringPlan? After(DateTimeOffset now)
    {
        var left = FiringsLeft > 0 ? FiringsLeft - 1 : FiringsLeft;
        if (left == 0 || Period.Length == 0 || !DaprDuration.TryParse(Period, out var period) || period.IsZero)
        {
            return null;
        }

        var next = period.NextAfter(Next, now);
        return ExpiresAt is { } expiry && next >= expiry ? null : this with { Next = next, FiringsLeft = left };
    }
}
