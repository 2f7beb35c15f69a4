namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>Keeps the newest records in memory up to a number of bytes, so that fresh messages are delivered without reading them back. Guarded by the broker's lock.</summary>
internal sealed class RecordCache(long limit)
{
    private readonly Queue<(TopicEntry Entry, int Size)> order = new();
    private long used;

    public void Add(TopicEntry entry, ReadOnlyMemory<byte> record)
    {
        entry.Cached = record;
        order.Enqueue((entry, record.Length));
        used += record.Length;
        while (used > limit)
        {
            var (oldest, size) = order.Dequeue();
            oldest.Cached = default;
            used -= size;
        }
    }
}
