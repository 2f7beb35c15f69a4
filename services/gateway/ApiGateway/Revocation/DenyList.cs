using System.IO.Hashing;
using System.Text;
using Lucid.ApiGateway.Limits;
using Lucid.Contracts.Errors;
using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Revocation;

/// <summary>
/// Revoked sessions and users: stored in <see cref="ShardCount"/> entities, read by the limiter. Nobody with a token is admitted before
/// the stored part has been read once.
/// </summary>
internal sealed class DenyList(EntityStore<DenialShard> shards, IRateLimiter limiter, TimeProvider clock) : IDisposable
{
    public const int ShardCount = 16;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _loading = new(1, 1);
    private volatile bool _isLoaded;
    private long? _tried;

    /// <summary>Refuses the subject until then. An earlier time of a higher version lifts the denial; lower versions change nothing.</summary>
    public async Task DenyAsync(string subject, Denial denial, CancellationToken cancellationToken)
    {
        var effective = await shards.UpsertAsync(
            ShardOf(subject),
            () => DenialShard.Empty,
            entity =>
            {
                if (entity.Value.Denials.TryGetValue(subject, out var known) && (known.Version > denial.Version || known == denial))
                {
                    return known;
                }

                entity.Value = entity.Value.With(subject, denial, clock.GetUtcNow());
                return denial;
            },
            cancellationToken).ConfigureAwait(false);
        await limiter.DenyAsync(subject, effective.Until, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends a denial of a lower version, if there is one.</summary>
    public async Task LiftAsync(string subject, long version, CancellationToken cancellationToken)
    {
        if (await shards.FindAsync(ShardOf(subject), cancellationToken).ConfigureAwait(false) is { } shard && shard.Value.Denials.ContainsKey(subject))
        {
            await DenyAsync(subject, new Denial(clock.GetUtcNow(), version), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <exception cref="LucidException">503: the stored list cannot be read yet.</exception>
    public async ValueTask EnsureLoadedAsync(CancellationToken cancellationToken)
    {
        if (_isLoaded)
        {
            return;
        }

        await _loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_isLoaded)
            {
                return;
            }

            if (_tried is { } tried && clock.GetElapsedTime(tried) < RetryInterval)
            {
                throw Unavailable(null);
            }

            _tried = clock.GetTimestamp();
            await LoadAsync(cancellationToken).ConfigureAwait(false);
            _isLoaded = true;
        }
        finally
        {
            _loading.Release();
        }
    }

    public void Dispose() => _loading.Dispose();

    private async Task LoadAsync(CancellationToken cancellationToken)
    {
        try
        {
            var stored = await shards.FindManyAsync([.. Enumerable.Range(0, ShardCount).Select(NameOf)], cancellationToken).ConfigureAwait(false);
            foreach (var (subject, denial) in stored.SelectMany(shard => shard.Value.Denials))
            {
                await limiter.DenyAsync(subject, denial.Until, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is Dapr.DaprException or Grpc.Core.RpcException or HttpRequestException or StackExchange.Redis.RedisException or TimeoutException)
        {
            throw Unavailable(e);
        }
    }

    private static LucidException Unavailable(Exception? inner) =>
        new(LucidErrors.Unavailable, "Log-ins cannot be checked at the moment; try again.", "deny_list_unavailable", inner) { RetryAfter = RetryInterval };

    private static string ShardOf(string subject) => NameOf((int)(XxHash64.HashToUInt64(Encoding.UTF8.GetBytes(subject)) % ShardCount));

    private static string NameOf(int shard) => shard.ToString("x", System.Globalization.CultureInfo.InvariantCulture);
}
