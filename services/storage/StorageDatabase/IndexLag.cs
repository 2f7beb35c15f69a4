using System.Collections.Concurrent;
using Lucid.StorageDatabase.Domain;
using Prometheus;

namespace Lucid.StorageDatabase;

/// <summary>How far the read model is behind the events it was given.</summary>
internal sealed class IndexLag
{
    // Beyond this many the age of the newest says enough; the next comparison with the owners settles them all.
    private const int MaxPending = 10_000;

    private readonly TimeProvider _clock;
    private readonly Gauge _seconds;
    private readonly Counter _applied;
    private readonly ConcurrentDictionary<string, Pending> _pending = new(StringComparer.Ordinal);

    public IndexLag(IMetricFactory metrics, TimeProvider clock)
    {
        _clock = clock;
        _seconds = metrics.CreateGauge("search_index_lag_seconds", "From publication to being listed, of the last applied event.", ["index"]);
        _applied = metrics.CreateCounter("search_index_changes_total", "Changes newer than what was listed, by where they came from.", ["index", "source"]);
    }

    /// <summary>An event was delivered. It is pending until <see cref="Applied"/>, through failures and deliveries anew.</summary>
    public void Seen(ViewDefinition view, string eventId, DateTimeOffset published)
    {
        if (_pending.Count < MaxPending)
        {
            _pending.TryAdd(Key(view, eventId), new Pending(view.Name, published, _clock.GetUtcNow()));
        }
    }

    public void Applied(ViewDefinition view, string eventId, DateTimeOffset published, int changes)
    {
        _pending.TryRemove(Key(view, eventId), out _);
        _seconds.WithLabels(view.Name).Set(Math.Max(0, (_clock.GetUtcNow() - published).TotalSeconds));
        _applied.WithLabels(view.Name, "event").Inc(changes);
    }

    public void Rebuilt(ViewDefinition view, int changes) => _applied.WithLabels(view.Name, "catalogue").Inc(changes);

    /// <summary>The owners' catalogues were read from <paramref name="began"/> on: what was delivered before is in them.</summary>
    public void Compared(ViewDefinition view, DateTimeOffset began)
    {
        foreach (var (key, pending) in _pending)
        {
            if (pending.View == view.Name && pending.Delivered < began)
            {
                _pending.TryRemove(key, out _);
            }
        }
    }

    /// <summary>Age of the newest event seen but not applied, milliseconds; 0 when there is none.</summary>
    public long Milliseconds(ViewDefinition view)
    {
        var waiting = _pending.Values.Where(pending => pending.View == view.Name).Select(pending => pending.Published).DefaultIfEmpty(DateTimeOffset.MaxValue).ToList();
        var newest = waiting.Max();
        return newest == DateTimeOffset.MaxValue ? 0 : Math.Max(1, (long)(_clock.GetUtcNow() - newest).TotalMilliseconds);
    }

    private static string Key(ViewDefinition view, string eventId) => $"{view.Name} {eventId}";

    private sealed record Pending(string View, DateTimeOffset Published, DateTimeOffset Delivered);
}
