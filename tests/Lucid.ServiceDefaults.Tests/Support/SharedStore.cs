namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>What outlives processes: the rows of a state store with the etag rules of daprd, and the broker's messages.</summary>
/// <param name="upsertsVanished">state.mongodb accepts a save whose etag belongs to a missing key; state.sqlite does not.</param>
internal sealed class SharedStore(bool upsertsVanished = false)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, StateItem> _rows = [];
    private readonly List<PendingEvent> _messages = [];
    private int _etags;

    public IReadOnlyList<PendingEvent> Messages
    {
        get
        {
            lock (_gate)
            {
                return [.. _messages];
            }
        }
    }

    public IReadOnlyList<string> Keys
    {
        get
        {
            lock (_gate)
            {
                return [.. _rows.Keys.Order(StringComparer.Ordinal)];
            }
        }
    }

    public StateItem? Get(string key)
    {
        lock (_gate)
        {
            return _rows.GetValueOrDefault(key);
        }
    }

    public bool Save(string key, ReadOnlyMemory<byte> value, string? etag)
    {
        lock (_gate)
        {
            var current = _rows.GetValueOrDefault(key);
            var fits = current is null ? etag is null || upsertsVanished : etag == current.ETag;
            if (fits)
            {
                _rows[key] = new StateItem(value.ToArray(), $"e{++_etags}");
            }

            return fits;
        }
    }

    public bool Delete(string key, string etag)
    {
        lock (_gate)
        {
            return _rows.TryGetValue(key, out var row) && row.ETag == etag && _rows.Remove(key);
        }
    }

    public void Publish(PendingEvent message)
    {
        lock (_gate)
        {
            _messages.Add(message);
        }
    }
}
