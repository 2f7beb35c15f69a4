using System.Globalization;

namespace Lucid.ServiceDefaults.Health;

/// <summary>Asks the dependencies, all at once and at most every 5 s; one round at a time. For services that tell their health elsewhere too.</summary>
public sealed partial class HealthMonitor(
    IEnumerable<IDependencyCheck> checks, ServiceRuntime runtime, TimeProvider clock, ILogger<HealthMonitor> logger) : IDisposable
{
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    private readonly IDependencyCheck[] _checks = [.. checks];
    private readonly SemaphoreSlim _round = new(1, 1);
    private readonly long _started = clock.GetTimestamp();
    private volatile Observation? _last;

    internal HealthReport Live() => ReportOf(HealthStates.Healthy, new Dictionary<string, string>());

    /// <summary>The state of the service with that of each dependency.</summary>
    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        var states = await StatesAsync(cancellationToken).ConfigureAwait(false);
        var status = HealthStates.Healthy;
        foreach (var (check, up) in states)
        {
            status = up ? status : check.Critical || status == HealthStates.Unhealthy ? HealthStates.Unhealthy : HealthStates.Degraded;
        }

        return ReportOf(status, states.ToDictionary(s => s.Check.Name, s => s.Up ? HealthStates.Healthy : HealthStates.Unhealthy));
    }

    internal async Task<IReadOnlyList<(IDependencyCheck Check, bool Up)>> StatesAsync(CancellationToken cancellationToken)
    {
        if (Fresh() is { } fresh)
        {
            return fresh;
        }

        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (Fresh() is { } made)
            {
                return made;
            }

            // A round belongs to everybody who waits for it: the end of one caller must not end it.
            var states = await Task.WhenAll(_checks.Select(AskAsync)).ConfigureAwait(false);
            _last = new Observation(clock.GetTimestamp(), states);
            return states;
        }
        finally
        {
            _round.Release();
        }
    }

    public void Dispose() => _round.Dispose();

    private IReadOnlyList<(IDependencyCheck, bool)>? Fresh() =>
        _last is { } last && clock.GetElapsedTime(last.At) < CacheTime ? last.States : null;

    private async Task<(IDependencyCheck Check, bool Up)> AskAsync(IDependencyCheck check)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            return (check, await check.IsUpAsync(patience.Token).WaitAsync(Patience, clock).ConfigureAwait(false));
        }
        catch (Exception e)
        {
            LogDown(e, check.Name);
            return (check, false);
        }
    }

    private HealthReport ReportOf(string status, IReadOnlyDictionary<string, string> dependencies) => new(
        status,
        runtime.ServiceName,
        runtime.Version,
        clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        (long)clock.GetElapsedTime(_started).TotalSeconds,
        dependencies);

    private sealed record Observation(long At, IReadOnlyList<(IDependencyCheck, bool)> States);
}
