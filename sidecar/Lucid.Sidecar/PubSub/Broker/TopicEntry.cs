namespace Lucid.Sidecar.PubSub.Broker;

/// <summary>A message of a topic.</summary>
/// <param name="index">Its record in the journal.</param>
/// <param name="time">When it was published, milliseconds since 1970.</param>
internal sealed class TopicEntry(long index, long time)
{
    public long Index { get; } = index;

    public long Time { get; } = time;

    /// <summary>The record while it is cached; empty when it must be read from the journal.</summary>
    public ReadOnlyMemory<byte> Cached { get; set; }
}
