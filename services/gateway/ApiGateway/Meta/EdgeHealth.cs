using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Meta;

/// <summary>The dependencies as the edge tells them: asked at most every 5 s, 400 ms each.</summary>
internal sealed class EdgeHealth(IEnumerable<IDependencyCheck> checks, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan CacheTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    private readonly SemaphoreSlim _round = new(1, 1);
    private readonly long _started = clock.GetTimestamp();
    private long _asked;
    private string? _last;

    public long UptimeSeconds => (long)clock.GetElapsedTime(_started).TotalSeconds;

    /// <summary><c>healthy</c>, <c>degraded</c> or, without a critical dependency, <c>unhealthy</c>.</summary>
    public async Task<string> StatusAsync(CancellationToken cancellationToken)
    {
        await _round.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_last is null || clock.GetElapsedTime(_asked) >= CacheTime)
            {
                var states = await Task.WhenAll(checks.Select(AskAsync)).ConfigureAwait(false);
                _last = states.Any(s => !s.Up && s.Check.Critical) ? "unhealthy" : states.Any(s => !s.Up) ? "degraded" : "healthy";
                _asked = clock.GetTimestamp();
            }

            return _last;
        }
        finally
        {
            _round.Release();
        }
    }

    public void Dispose() => _round.Dispose();

    private async Task<(IDependencyCheck Check, bool Up)> AskAsync(IDependencyCheck check)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        try
        {
            return (check, await check.IsUpAsync(patience.Token).WaitAsync(Patience, clock).ConfigureAwait(false));
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or TimeoutException or IOException)
        {
            return (check, false);
        }
    }
}
