using System.Collections.Immutable;

namespace Lucid.Journal;

/// <summary>Reads durable records of one segment for a caller of <see cref="SegmentedLog"/>; every record is checked.</summary>
internal sealed class SegmentReader : IDisposable
{
    private readonly Segment _segment;
    private readonly SegmentCursor _cursor;

    private SegmentReader(Segment segment, SegmentCursor cursor)
    {
        _segment = segment;
        _cursor = cursor;
    }

    /// <summary>Index after the last durable record of this segment; for the one being written it moves.</summary>
    public long EndIndex => _segment.EndIndex;

    public static SegmentReader Open(SegmentStore store, long index)
    {
        Segment segment = Find(store.Segments, index);
        return new SegmentReader(segment, new SegmentCursor(store.OpenRead(segment), segment.Header, segment.Index.Floor(index)));
    }

    public JournalRecord Read(long index)
    {
        do
        {
            _segment.Index.Note(_cursor.NextIndex, _cursor.Offset);
            CursorState state = _cursor.MoveNext(_segment.Length);
            if (state != CursorState.Record)
            {
                throw JournalException.Corrupt(
                    _segment.Path, _cursor.Offset, state == CursorState.Bad ? _cursor.Fault : $"the segment ends before record {index}");
            }
        }
        while (_cursor.NextIndex <= index);
        return new JournalRecord(index, _cursor.Payload.ToArray());
    }

    public void Dispose() => _cursor.Dispose();

    private static Segment Find(ImmutableArray<Segment> segments, long index)
    {
        if (index < segments[0].FirstIndex)
        {
            throw new JournalException(JournalFailure.Removed, $"Records before {segments[0].FirstIndex} have been removed; {index} was asked for.");
        }

        int low = 0;
        int high = segments.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (segments[middle].FirstIndex <= index)
            {
                low = middle;
            }
            else
            {
                high = middle - 1;
            }
        }

        return segments[low];
    }
}
