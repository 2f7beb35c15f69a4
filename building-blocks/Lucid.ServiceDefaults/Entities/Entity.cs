using System.Text.Json;
using Lucid.Contracts.Events;

namespace Lucid.ServiceDefaults;

/// <summary>An aggregate as read, to be changed and saved once; read it again for the next change.</summary>
public sealed class Entity<T> where T : class
{
    private readonly TimeProvider _clock;
    private readonly T? _original;
    private readonly List<PendingEvent> _raised = [];

    internal Entity(string id, T value, long version, string? etag, IReadOnlyList<PendingEvent> carried, TimeProvider clock)
    {
        (Id, Value, Version, ETag, Carried, _clock) = (id, value, version, etag, carried, clock);
        _original = etag is null ? null : value;
    }

    public string Id { get; }

    /// <summary>An immutable record; assign a changed copy.</summary>
    public T Value { get; set; }

    /// <summary>0 for a new entity, then 1 and one more with every save.</summary>
    public long Version { get; }

    internal string? ETag { get; }

    /// <summary>Events of earlier saves that may not be published yet.</summary>
    internal IReadOnlyList<PendingEvent> Carried { get; }

    internal IReadOnlyList<PendingEvent> Raised => _raised;

    internal bool IsChanged => !ReferenceEquals(Value, _original) || _raised.Count > 0;

    internal bool IsSpent { get; set; }

    /// <summary>Tells of the change: saved with it in one write, published after it, at least once.</summary>
    /// <param name="topic">A topic of <see cref="TopicTable"/>.</param>
    /// <param name="type">An event type of that topic.</param>
    /// <returns>The event's id.</returns>
    public Guid Raise<TData>(string topic, string type, TData data)
    {
        var raised = PendingEvents.Create(topic, type, Id, data, _clock);
        _raised.Add(raised);
        return raised.Id;
    }
}

internal static class PendingEvents
{
    public static PendingEvent Create<TData>(string topic, string type, string key, TData data, TimeProvider clock)
    {
        _ = TopicTable.Get(topic);
        var now = clock.GetUtcNow();
        return new PendingEvent(
            Guid.CreateVersion7(now), topic, type, now, key, JsonSerializer.SerializeToElement(data, JsonDefaults.Tolerant), RequestId.Current);
    }
}
