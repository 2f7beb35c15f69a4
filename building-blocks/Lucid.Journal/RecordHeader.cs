namespace Lucid.Journal;

internal readonly record struct RecordHeader(int PayloadLength, int BatchPosition, long Index)
{
    public bool HasPossibleLength => PayloadLength is > 0 and <= RecordFormat.LargestPayload;

    /// <summary>Index of the first record of the batch: all before it were durable when this one was written.</summary>
    public long BatchFirstIndex => Index - BatchPosition;
}
