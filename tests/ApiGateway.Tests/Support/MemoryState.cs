using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Tests.Support;

/// <summary>A state store with first-write semantics that outlives the gateway.</summary>
internal sealed class MemoryState : IStateClient, IEventPublisher
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StateItem> _rows = [];
    private int _etags;

    public Task<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_rows.GetValueOrDefault(key));
        }
    }

    public async Task<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        await Task.WhenAll(keys.Select(key => GetAsync(key, cancellationToken)));

    public Task<bool> SaveAsync(string key, ReadOnlyMemory<byte> value, string? etag, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var fits = etag == _rows.GetValueOrDefault(key)?.ETag;
            if (fits)
            {
                _rows[key] = new StateItem(value.ToArray(), $"e{++_etags}");
            }

            return Task.FromResult(fits);
        }
    }

    public Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return Task.FromResult(_rows.TryGetValue(key, out var row) && row.ETag == etag && _rows.Remove(key));
        }
    }

    public Task PublishAsync(PendingEvent pending, CancellationToken cancellationToken) => Task.CompletedTask;
}
