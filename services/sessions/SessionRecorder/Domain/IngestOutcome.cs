namespace Lucid.SessionRecorder.Domain;

/// <summary>What became of a fragment group.</summary>
public enum IngestOutcome
{
    Accepted,

    /// <summary>The group that was accepted last, sent again: nothing is written.</summary>
    Repeated,
    WrongOffset,
    StaleEpoch,
    Paused,
    Ended,
    Malformed,
    SizeExceeded,
    DiskFull,
}

/// <param name="Fault">With <see cref="IngestOutcome.Malformed"/>: what is wrong with the body.</param>
public readonly record struct IngestResult(IngestOutcome Outcome, FragmentGroupFault Fault = FragmentGroupFault.None);
