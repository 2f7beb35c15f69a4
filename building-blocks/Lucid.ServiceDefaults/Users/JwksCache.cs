using System.Collections.Frozen;
using Microsoft.IdentityModel.Tokens;

namespace Lucid.ServiceDefaults.Users;

/// <summary>
/// The verification keys by <c>kid</c>: read on first use, again after 10 min, and for an unknown <c>kid</c> at most once in 5 s.
/// While the auth service is away the known keys stay good.
/// </summary>
internal sealed partial class JwksCache(IServiceProvider services, TimeProvider clock, ILogger<JwksCache> logger) : IDisposable
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan MinInterval = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _refresh = new(1, 1);
    private volatile FrozenDictionary<string, SecurityKey>? _keys;
    private long _read;
    private long? _tried;

    /// <summary>Null: no such key.</summary>
    /// <exception cref="LucidException">No keys could be read yet (503).</exception>
    public async ValueTask<SecurityKey?> FindAsync(string kid, CancellationToken cancellationToken)
    {
        var keys = _keys;
        if (keys is not null && keys.TryGetValue(kid, out var known) && clock.GetElapsedTime(Volatile.Read(ref _read)) < Lifetime)
        {
            return known;
        }

        keys = await RefreshAsync(kid, cancellationToken).ConfigureAwait(false);
        return keys.GetValueOrDefault(kid);
    }

    public void Dispose() => _refresh.Dispose();

    private async Task<FrozenDictionary<string, SecurityKey>> RefreshAsync(string kid, CancellationToken cancellationToken)
    {
        await _refresh.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var fresh = _keys is not null && clock.GetElapsedTime(_read) < Lifetime;
            var tooSoon = _tried is { } tried && clock.GetElapsedTime(tried) < MinInterval;
            if (!(fresh && _keys!.ContainsKey(kid)) && !tooSoon)
            {
                _tried = clock.GetTimestamp();
                if (await services.GetRequiredService<IJwksSource>().ReadAsync(cancellationToken).ConfigureAwait(false) is { } json && Parse(json) is { } read)
                {
                    _keys = read;
                    Volatile.Write(ref _read, clock.GetTimestamp());
                }
                else
                {
                    LogUnread();
                }
            }

            return _keys ?? throw new LucidException(LucidErrors.Unavailable, "Log-in keys cannot be read at the moment; try again.", "auth_unavailable") { RetryAfter = MinInterval };
        }
        finally
        {
            _refresh.Release();
        }
    }

    private static FrozenDictionary<string, SecurityKey>? Parse(string json)
    {
        try
        {
            return new JsonWebKeySet(json).Keys
                .Where(key => key is { Kty: "EC", Crv: "P-256", Kid.Length: > 0 } && key.Use is null or "sig")
                .GroupBy(key => key.Kid, StringComparer.Ordinal)
                .ToFrozenDictionary(group => group.Key, group => (SecurityKey)group.First(), StringComparer.Ordinal);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}
