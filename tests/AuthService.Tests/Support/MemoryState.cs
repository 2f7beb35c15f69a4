using Lucid.ServiceDefaults;

namespace Lucid.AuthService.Tests.Support;

/// <summary>A state store with daprd's etag rules and a broker that remembers, shared by every replica of a test.</summary>
internal sealed class MemoryState : IStateClient, IEventPublisher
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StateItem> _rows = [];
    private readonly List<PendingEvent> _events = [];
    private int _etags;

    public bool BrokerIsDown { get; set; }

    public IReadOnlyList<PendingEvent> Events
    {
        get
        {
            lock (_gate)
            {
                return [.. _events];
            }
        }
    }

    /// <summary>Everything stored, as text.</summary>
    public string Dump()
    {
        lock (_gate)
        {
            return string.Join('\n', _rows.Select(row => $"{row.Key} {System.Text.Encoding.UTF8.GetString(row.Value.Value.Span)}"));
        }
    }

    public async Task<StateItem?> GetAsync(string key, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_gate)
        {
            return _rows.GetValueOrDefault(key);
        }
    }

    public async Task<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_gate)
        {
            return [.. keys.Select(key => _rows.GetValueOrDefault(key))];
        }
    }

    public async Task<bool> SaveAsync(string key, ReadOnlyMemory<byte> value, string? etag, TimeSpan? timeToLive, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_gate)
        {
            if (_rows.GetValueOrDefault(key)?.ETag != etag)
            {
                return false;
            }

            _rows[key] = new StateItem(value.ToArray(), $"e{++_etags}");
            return true;
        }
    }

    public async Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken)
    {
        await Task.Yield();
        lock (_gate)
        {
            return _rows.TryGetValue(key, out var row) && row.ETag == etag && _rows.Remove(key);
        }
    }

    public Task PublishAsync(PendingEvent pending, CancellationToken cancellationToken)
    {
        if (BrokerIsDown)
        {
            throw new InvalidOperationException("the broker is down");
        }

        lock (_gate)
        {
            _events.Add(pending);
        }

        return Task.CompletedTask;
    }
}
