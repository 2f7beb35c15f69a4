using System.Collections.Frozen;
using static Lucid.Contracts.Sessions.SessionStates;
using static Lucid.SessionPipeline.Domain.SessionTrigger;

namespace Lucid.SessionPipeline.Domain;

/// <summary>What may happen to a session (03 §6.1).</summary>
public enum SessionTrigger
{
    Start,
    FirstFragment,
    StartFailed,
    Cancel,
    Pause,
    Resume,
    Stop,
    CaptureLost,
    Process,
    Complete,
    ChunkExhausted,
    Retry,
    FinaliseIncomplete,
    Delete,
}

/// <summary>The session's state machine: a cell that is not in the table is refused.</summary>
public static class SessionTransitions
{
    private static readonly FrozenDictionary<(string From, SessionTrigger Trigger), string> Table = new Dictionary<(string, SessionTrigger), string>
    {
        [(Created, Start)] = Starting,
        [(Created, Cancel)] = Cancelled,
        [(Created, Delete)] = Deleted,
        [(Starting, FirstFragment)] = Recording,
        [(Starting, StartFailed)] = Failed,
        [(Starting, Cancel)] = Cancelled,
        [(Recording, Pause)] = Paused,
        [(Recording, Stop)] = Stopped,
        [(Recording, CaptureLost)] = Stopped,
        [(Paused, Resume)] = Recording,
        [(Paused, Stop)] = Stopped,
        [(Stopped, Process)] = Processing,
        [(Processing, Complete)] = Completed,
        [(Processing, ChunkExhausted)] = Failed,
        [(Failed, Retry)] = Processing,
        [(Failed, FinaliseIncomplete)] = Completed,
        [(Failed, Delete)] = Deleted,
        [(Completed, Delete)] = Deleted,
        [(Cancelled, Delete)] = Deleted,
    }.ToFrozenDictionary();

    /// <summary>The next state, or null when the trigger is not possible.</summary>
    public static string? Next(string state, SessionTrigger trigger) => Table.GetValueOrDefault((state, trigger));

    /// <summary>Triggers possible in a state, in the spelling of the API.</summary>
    public static IReadOnlyList<string> Allowed(string state) =>
        [.. Table.Keys.Where(cell => cell.From == state).Select(cell => cell.Trigger.ToString().ToLowerInvariant()).Order(StringComparer.Ordinal)];
}
