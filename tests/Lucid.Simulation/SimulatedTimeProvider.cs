namespace Lucid.Simulation;

/// <summary>The virtual clock as one node sees it; it moves only when nothing else can run.</summary>
internal sealed class SimulatedTimeProvider(SimulationScheduler scheduler, SimulationNode node) : TimeProvider
{
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => scheduler.UtcNow;

    public override long GetTimestamp() => scheduler.UtcNow.Ticks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimulatedTimer(scheduler, node, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimulatedTimer(SimulationScheduler scheduler, SimulationNode node, Action callback) : ITimer
    {
        private int _version;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_disposed)
            {
                return false;
            }

            int version = ++_version;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                scheduler.After(dueTime, () => Fire(version, period));
            }

            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            _version++;
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int version, TimeSpan period)
        {
            if (version != _version || node.IsCrashed)
            {
                return;
            }

            node.Post(callback);
            if (period > TimeSpan.Zero)
            {
                scheduler.After(period, () => Fire(version, period));
            }
        }
    }
}
