namespace Lucid.Sidecar.Actors;

/// <summary>One call on its way to an actor.</summary>
/// <param name="MethodPath">Escaped path behind <c>/method/</c>.</param>
internal sealed record ActorCall(string MethodPath, string Query, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body)
{
    /// <summary>Asked when the turn has come: false drops the call (a reminder deleted while it waited).</summary>
    public Func<bool>? StillWanted { get; init; }

    /// <summary>Reminders are limited in number, so that a thousand due after an outage do not open a thousand connections.</summary>
    public bool IsReminder { get; init; }

    /// <summary>The first value of a header, or null.</summary>
    public string? Header(string name)
    {
        foreach (var (key, value) in Headers)
        {
            if (key.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        return null;
    }

    /// <summary>The call with one header replaced.</summary>
    public ActorCall With(string name, string value) => this with
    {
        Headers = [.. Headers.Where(header => !header.Key.Equals(name, StringComparison.OrdinalIgnoreCase)), KeyValuePair.Create(name, value)],
    };
}

internal enum TurnOutcome
{
    /// <summary>The app answered, with whatever status.</summary>
    Answered,

    /// <summary>The app could not be reached or broke off.</summary>
    Failed,
    NoHost,
    TooDeep,
    NotWanted,

    /// <summary>The instance was put down while the call waited; the next instance takes it.</summary>
    Closed,
}

internal readonly record struct TurnResult(TurnOutcome Outcome, ActorResponse? Response = null, Exception? Failure = null);
