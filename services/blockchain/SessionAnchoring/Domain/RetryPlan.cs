namespace Lucid.SessionAnchoring.Domain;

/// <summary>When a transaction that is not final in time is sent again (02 §12): three times soon, then five times as often as the cap allows.</summary>
internal static class RetryPlan
{
    public const int MaxAttempts = SoonAttempts + QueuedAttempts;

    private const int SoonAttempts = 3;
    private const int QueuedAttempts = 5;
    private static readonly TimeSpan First = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Cap = TimeSpan.FromSeconds(60);

    /// <param name="attempts">Attempts that came to nothing so far, at least 1.</param>
    public static TimeSpan DelayAfter(int attempts)
    {
        var delay = First * Math.Pow(2, Math.Min(attempts - 1, 10));
        return attempts > SoonAttempts || delay > Cap ? Cap : delay;
    }
}
