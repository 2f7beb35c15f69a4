namespace Lucid.Journal;

/// <summary>Offsets of some records of a segment, at least 64 KiB apart; it fills as the segment is written or read.</summary>
internal sealed class SparseIndex(long firstIndex)
{
    private const int Interval = 64 << 10;

    private readonly Lock _gate = new();
    private readonly List<RecordPosition> _entries = [new(firstIndex, SegmentHeader.Size)];

    public void Note(long index, long offset)
    {
        lock (_gate)
        {
            if (offset - _entries[^1].Offset >= Interval)
            {
                _entries.Add(new RecordPosition(index, offset));
            }
        }
    }

    /// <summary>The last known record at or before <paramref name="index"/>.</summary>
    public RecordPosition Floor(long index)
    {
        lock (_gate)
        {
            int low = 0;
            int high = _entries.Count - 1;
            while (low < high)
            {
                int middle = (low + high + 1) / 2;
                if (_entries[middle].Index <= index)
                {
                    low = middle;
                }
                else
                {
                    high = middle - 1;
                }
            }

            return _entries[low];
        }
    }
}
