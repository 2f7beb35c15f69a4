using System.Collections.Concurrent;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine.Tests.Support;

/// <summary>State store and broker of a test: rows with ETags, and what was published.</summary>
internal sealed class MemoryState : IStateClient, IEventPublisher
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, StateItem> rows = [];
    private int etags;

    public ConcurrentQueue<PendingEvent> Published { get; } = new();

    public bool IsBrokerDown { get; set; }

    public Task<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(rows.GetValueOrDefault(key));
        }
    }

    public Task<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult<IReadOnlyList<StateItem?>>([.. keys.Select(key => rows.GetValueOrDefault(key))]);
        }
    }

    public Task<bool> SaveAsync(string key, ReadOnlyMemory<byte> value, string? etag, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var fits = rows.GetValueOrDefault(key)?.ETag == etag;
            if (fits)
            {
                rows[key] = new StateItem(value.ToArray(), $"e{++etags}");
            }

            return Task.FromResult(fits);
        }
    }

    public Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return Task.FromResult(rows.TryGetValue(key, out var row) && row.ETag == etag && rows.Remove(key));
        }
    }

    public Task PublishAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        if (IsBrokerDown)
        {
            throw new InvalidOperationException("the broker is down");
        }

        Published.Enqueue(pending);
        return Task.CompletedTask;
    }
}
