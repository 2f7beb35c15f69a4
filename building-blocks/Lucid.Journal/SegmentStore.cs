using System.Collections.Immutable;
using System.Security.Cryptography;

namespace Lucid.Journal;

/// <summary>The segment files of one directory: opening with recovery, adding at the end, removing at the beginning.</summary>
internal sealed class SegmentStore(string directory, JournalOptions options)
{
    private readonly IJournalFileSystem _files = options.FileSystem;
    private readonly Lock _removal = new();
    private ImmutableArray<Segment> _segments = [];
    private long _removedBefore;

    public ImmutableArray<Segment> Segments => _segments;

    public JournalRecovery Recovery { get; private set; } = JournalRecovery.Clean;

    /// <summary>Checks and repairs what is there and returns the file that further records go to.</summary>
    public async Task<IJournalFile> OpenAsync(CancellationToken cancellationToken)
    {
        long[] firstIndexes = FirstIndexes();
        if (firstIndexes is [])
        {
            return await AddAsync(0);
        }

        if (firstIndexes[0] != 0 && !options.AllowTruncateHead)
        {
            throw Missing(PathOf(0), 0, firstIndexes[0]);
        }

        for (int i = 0; i < firstIndexes.Length - 1; i++)
        {
            Add(OpenSealed(firstIndexes[i], firstIndexes[i + 1], cancellationToken));
        }

        return await OpenLastAsync(firstIndexes[^1], cancellationToken);
    }

    /// <summary>Creates an empty segment durably, so that it may be appended to. On failure no trace of it is left.</summary>
    public async Task<IJournalFile> AddAsync(long firstIndex)
    {
        string path = PathOf(firstIndex);
        IJournalFile file = _files.OpenWrite(path);
        try
        {
            SegmentHeader header = await WriteHeaderAsync(file, firstIndex);
            Add(new Segment(path, header, firstIndex, SegmentHeader.Size));
            return file;
        }
        catch
        {
            file.Dispose();
            Undo(path);
            throw;
        }
    }

    public IJournalFile OpenRead(Segment segment)
    {
        try
        {
            return _files.OpenRead(segment.Path);
        }
        catch (FileNotFoundException exception) when (segment.FirstIndex < Volatile.Read(ref _removedBefore))
        {
            throw new JournalException(
                JournalFailure.Removed, $"Records before {segment.EndIndex} have been removed.", segment.Path, innerException: exception);
        }
        catch (FileNotFoundException exception)
        {
            throw new JournalException(
                JournalFailure.MissingSegment, $"The segment '{segment.Path}' has vanished.", segment.Path, innerException: exception);
        }
    }

    /// <summary>Removes, oldest first and each durably before the next, the closed segments that end at or before the index.</summary>
    public void RemoveBefore(long index)
    {
        lock (_removal)
        {
            while (Segments is [var first, _, ..] && first.EndIndex <= index)
            {
                Volatile.Write(ref _removedBefore, first.EndIndex);
                _files.Delete(first.Path);
                _files.FlushDirectory(directory);
                ImmutableInterlocked.Update(ref _segments, static segments => segments.RemoveAt(0));
            }
        }
    }

    private void Undo(string path)
    {
        try
        {
            _files.Delete(path);
            _files.FlushDirectory(directory);
        }
        catch (IOException exception)
        {
            // The older segment may not grow past the first index of a newer one: no append may follow.
            throw new JournalException(
                JournalFailure.Failed, $"The unfinished segment '{path}' could not be removed: {exception.Message}", path, innerException: exception);
        }
    }

    private long[] FirstIndexes()
    {
        string[] names = [.. _files.ListFiles(directory).Where(name => name.EndsWith(Segment.Extension, StringComparison.Ordinal))];
        string? strange = Array.Find(names, name => Segment.FirstIndexOf(name) is null);
        return strange is null
            ? [.. names.Select(name => Segment.FirstIndexOf(name)!.Value).Order()]
            : throw JournalException.Corrupt(Path.Combine(directory, strange), 0, "the file name is not that of a segment");
    }

    private Segment OpenSealed(long firstIndex, long endIndex, CancellationToken cancellationToken)
    {
        string path = PathOf(firstIndex);
        using IJournalFile file = _files.OpenRead(path);
        SegmentHeader header = ReadHeader(file, firstIndex)
            ?? throw JournalException.Corrupt(path, 0, "the head of the segment is not valid");
        var segment = new Segment(path, header, endIndex, file.Length);
        if (options.VerifySealedSegments)
        {
            using SegmentCursor cursor = ScanWhole(segment, cancellationToken, out CursorState state);
            if (state == CursorState.Bad)
            {
                throw JournalException.Corrupt(path, cursor.Offset, cursor.Fault);
            }

            if (cursor.NextIndex != endIndex)
            {
                throw Missing(path, cursor.NextIndex, endIndex);
            }
        }

        return segment;
    }

    private async Task<IJournalFile> OpenLastAsync(long firstIndex, CancellationToken cancellationToken)
    {
        string path = PathOf(firstIndex);
        IJournalFile file = _files.OpenWrite(path);
        try
        {
            if (ReadHeader(file, firstIndex) is not { } header)
            {
                if (file.Length > SegmentHeader.Size)
                {
                    throw JournalException.Corrupt(path, 0, "the head of the segment is not valid");
                }

                // The head is made durable before the first record, so nothing was ever acknowledged here.
                Recovery = new JournalRecovery(file.Length, path);
                Add(new Segment(path, await WriteHeaderAsync(file, firstIndex), firstIndex, SegmentHeader.Size));
                return file;
            }

            var segment = new Segment(path, header, firstIndex, file.Length);
            using SegmentCursor cursor = ScanWhole(segment, cancellationToken, out CursorState state);
            if (state == CursorState.Bad)
            {
                CutTail(file, segment, cursor);
            }

            // What a killed process wrote may still be in memory only; readers are shown nothing that is not durable.
            await file.FlushAsync();
            _files.FlushDirectory(directory);
            segment.Extend(cursor.NextIndex, cursor.Offset);
            Add(segment);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private void CutTail(IJournalFile file, Segment segment, SegmentCursor cursor)
    {
        if (TornTail.FindLaterBatch(file, segment.Header, cursor.Offset, cursor.NextIndex) is { } later)
        {
            throw JournalException.Corrupt(
                segment.Path, cursor.Offset, $"{cursor.Fault}, yet at offset {later} follows a record that was written later");
        }

        Recovery = new JournalRecovery(segment.Length - cursor.Offset, segment.Path);
        file.SetLength(cursor.Offset);
    }

    private SegmentCursor ScanWhole(Segment segment, CancellationToken cancellationToken, out CursorState state)
    {
        var cursor = new SegmentCursor(_files.OpenRead(segment.Path), segment.Header, segment.Index.Floor(segment.FirstIndex));
        try
        {
            do
            {
                cancellationToken.ThrowIfCancellationRequested();
                segment.Index.Note(cursor.NextIndex, cursor.Offset);
                state = cursor.MoveNext(segment.Length);
            }
            while (state == CursorState.Record);
            return cursor;
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    private static SegmentHeader? ReadHeader(IJournalFile file, long firstIndex)
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
        int count = file.Read(bytes, 0);
        return SegmentHeader.TryRead(bytes[..count]) is { } header && header.FirstIndex == firstIndex ? header : null;
    }

    private async Task<SegmentHeader> WriteHeaderAsync(IJournalFile file, long firstIndex)
    {
        Span<byte> random = stackalloc byte[sizeof(uint)];
        RandomNumberGenerator.Fill(random);
        var header = new SegmentHeader(firstIndex, BitConverter.ToUInt32(random));
        byte[] bytes = new byte[SegmentHeader.Size];
        header.Write(bytes);
        file.SetLength(0);
        file.Write(bytes, 0);
        await file.FlushAsync();
        _files.FlushDirectory(directory);
        return header;
    }

    private void Add(Segment segment) => ImmutableInterlocked.Update(ref _segments, static (segments, added) => segments.Add(added), segment);

    private string PathOf(long firstIndex) => Path.Combine(directory, Segment.NameOf(firstIndex));

    private static JournalException Missing(string file, long from, long to) => new(
        JournalFailure.MissingSegment, $"Records {from} to {to - 1} are missing: a segment file after or at '{file}' is gone.", file);
}
