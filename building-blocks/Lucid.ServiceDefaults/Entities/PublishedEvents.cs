namespace Lucid.ServiceDefaults.Entities;

/// <summary>What this process has published and not yet seen removed from its document. Bounded; forgetting an id only sends the event again.</summary>
internal sealed class PublishedEvents
{
    private const int Capacity = 50_000;

    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _ids = [];
    private readonly Queue<Guid> _order = [];

    public void Add(Guid id)
    {
        lock (_gate)
        {
            if (_ids.Add(id))
            {
                _order.Enqueue(id);
                if (_order.Count > Capacity)
                {
                    _ids.Remove(_order.Dequeue());
                }
            }
        }
    }

    public bool Contains(Guid id)
    {
        lock (_gate)
        {
            return _ids.Contains(id);
        }
    }
}
