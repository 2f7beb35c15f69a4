using System.Globalization;
using System.Text;
using Dapr.Client;

namespace Lucid.ServiceDefaults.Entities;

/// <summary>The state store through the sidecar's gRPC API.</summary>
internal sealed class DaprStateClient(DaprClient dapr, string store) : IStateClient
{
    private static readonly StateOptions FirstWrite = new() { Concurrency = ConcurrencyMode.FirstWrite, Consistency = ConsistencyMode.Strong };

    public async Task<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        var (value, etag) = await dapr.GetByteStateAndETagAsync(store, key, ConsistencyMode.Strong, cancellationToken: cancellationToken).ConfigureAwait(false);
        return value.IsEmpty ? null : new StateItem(value, etag);
    }

    public async Task<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        if (keys.Count == 0)
        {
            return [];
        }

        var found = await dapr.GetBulkStateAsync(store, keys, parallelism: 8, cancellationToken: cancellationToken).ConfigureAwait(false);
        var byKey = found.Where(item => !string.IsNullOrEmpty(item.Value)).ToDictionary(item => item.Key, item => new StateItem(Encoding.UTF8.GetBytes(item.Value), item.ETag));
        return [.. keys.Select(key => byKey.GetValueOrDefault(key))];
    }

    public Task<bool> SaveAsync(string key, ReadOnlyMemory<byte> value, string? etag, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        var metadata = timeToLive is { } life
            ? new Dictionary<string, string> { ["ttlInSeconds"] = Math.Max(1, (long)Math.Ceiling(life.TotalSeconds)).ToString(CultureInfo.InvariantCulture) }
            : null;

        // An empty ETag is none: with first-write the key must then not exist.
        return dapr.TrySaveByteStateAsync(store, key, value, etag ?? "", FirstWrite, metadata, cancellationToken);
    }

    public Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken) =>
        dapr.TryDeleteStateAsync(store, key, etag, FirstWrite, cancellationToken: cancellationToken);
}
