namespace Lucid.StorageDatabase.Tests.Support;

/// <summary>Real timers, but the time of day can be moved.</summary>
internal sealed class ManualClock : TimeProvider
{
    private long _ahead;

    public void Advance(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Interlocked.Read(ref _ahead));
}
