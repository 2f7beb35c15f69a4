namespace Lucid.Journal;

/// <summary>Settings of one journal. They may change between runs: none of them is part of the format.</summary>
public sealed record JournalOptions
{
    /// <summary>A segment is closed before it would grow past this. Bytes, 64 to 1 GiB, default 64 MiB.</summary>
    public int SegmentBytes { get; init; } = 64 << 20;

    /// <summary>Largest payload accepted. Bytes, 1 to 1 GiB, default 16 MiB.</summary>
    public int MaxRecordBytes { get; init; } = 16 << 20;

    /// <summary>Largest group of records that shares one fsync; a single larger record is a group of its own. Bytes, 64 to 64 MiB, default 1 MiB.</summary>
    public int MaxBatchBytes { get; init; } = 1 << 20;

    /// <summary>Appends that may wait for the writer before further ones wait for room. 1 to 65,536, default 1,024.</summary>
    public int QueueCapacity { get; init; } = 1024;

    /// <summary>
    /// Whether <see cref="SegmentedLog.TruncateHead"/> is permitted. When it is not (default), a journal that does not begin
    /// with record 0 is refused as incomplete.
    /// </summary>
    public bool AllowTruncateHead { get; init; }

    /// <summary>
    /// Whether opening checks every record (default) or only those of the last segment. Reading checks each record in any case.
    /// </summary>
    public bool VerifySealedSegments { get; init; } = true;

    public IJournalFileSystem FileSystem { get; init; } = PhysicalFileSystem.Instance;

    internal void Validate()
    {
        Require(SegmentBytes, 64, RecordFormat.LargestPayload, nameof(SegmentBytes));
        Require(MaxRecordBytes, 1, RecordFormat.LargestPayload, nameof(MaxRecordBytes));
        Require(MaxBatchBytes, 64, 64 << 20, nameof(MaxBatchBytes));
        Require(QueueCapacity, 1, 65_536, nameof(QueueCapacity));
    }

    private static void Require(int value, int least, int most, string name)
    {
        if (value < least || value > most)
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} to {most}.");
        }
    }
}
