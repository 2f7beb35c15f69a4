namespace Lucid.Journal;

/// <summary>Where a record begins in its segment, bytes from the beginning of the file.</summary>
internal readonly record struct RecordPosition(long Index, long Offset);
