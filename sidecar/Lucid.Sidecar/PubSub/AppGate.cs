using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.PubSub;

/// <summary>Holds deliveries back while the app is down, so that an absent app uses up no retries.</summary>
internal sealed class AppGate(IAppChannel app, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private long closedUntil;
    private int failures;

    /// <summary>Returns true when the app may be called, false when it could not be for as long as <paramref name="limit"/>.</summary>
    public async Task<bool> WaitAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        if (IsOpen)
        {
            return true;
        }

        var start = time.GetTimestamp();
        do
        {
            if (time.GetElapsedTime(start) > limit)
            {
                return false;
            }

            await Task.Delay(Poll, time, cancellationToken).ConfigureAwait(false);
        }
        while (!IsOpen);
        return true;
    }

    /// <summary>The app refused a connection or dropped one: nobody tries again for a moment that grows to a second.</summary>
    public void ReportUnreachable()
    {
        var count = Math.Min(Interlocked.Increment(ref failures), 10);
        var pause = TimeSpan.FromTicks(Math.Min(Poll.Ticks << count, LongestPause.Ticks));
        Volatile.Write(ref closedUntil, (time.GetUtcNow() + pause).UtcTicks);
    }

    public void ReportReached()
    {
        if (Volatile.Read(ref failures) != 0)
        {
            Volatile.Write(ref failures, 0);
            Volatile.Write(ref closedUntil, 0);
        }
    }

    private bool IsOpen => app.IsHealthy && time.GetUtcNow().UtcTicks >= Volatile.Read(ref closedUntil);
}
