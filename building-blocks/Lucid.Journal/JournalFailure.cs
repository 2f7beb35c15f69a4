namespace Lucid.Journal;

/// <summary>What went wrong, as far as a caller can act on it.</summary>
public enum JournalFailure
{
    /// <summary>Another writer has the directory open.</summary>
    Locked,

    /// <summary>Bytes that were durable have changed. Nothing is cut; restore from a copy.</summary>
    Corrupt,

    /// <summary>A whole segment file is missing. Nothing is cut; restore it.</summary>
    MissingSegment,

    /// <summary>The device or quota is full. Nothing of the refused append was kept; it may be tried again when space returns.</summary>
    DiskFull,

    /// <summary>The device failed and this instance takes no more records. What was not acknowledged may or may not be found when the journal is opened again.</summary>
    Failed,

    /// <summary>The records asked for were removed by <see cref="SegmentedLog.TruncateHead"/>.</summary>
    Removed,
}
