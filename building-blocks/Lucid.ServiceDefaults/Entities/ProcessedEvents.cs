namespace Lucid.ServiceDefaults;

/// <summary>The ids of the last events an aggregate took in, kept inside it: effect and memory are one write. Bounded at 256, far above what is redelivered.</summary>
public sealed record ProcessedEvents(IReadOnlyList<string> Ids)
{
    private const int Capacity = 256;

    public static ProcessedEvents None { get; } = new([]);

    public bool Contains(string eventId) => Ids.Contains(eventId);

    public ProcessedEvents With(string eventId) => Contains(eventId) ? this : new([.. Ids.Skip(Math.Max(0, Ids.Count - Capacity + 1)), eventId]);
}
