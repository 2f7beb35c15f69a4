using System.Buffers;
using System.Threading.Channels;

namespace Lucid.Journal;

/// <summary>The single writer: takes what is waiting, writes it as one batch, flushes once, then acknowledges in order.</summary>
internal sealed class GroupCommitter
{
    private readonly Channel<PendingAppend> _queue;
    private readonly List<PendingAppend> _batch = [];
    private readonly SegmentStore _store;
    private readonly DurableEnd _end;
    private readonly int _segmentBytes;
    private readonly int _batchBytes;
    private readonly Task _loop;
    private IJournalFile _file;
    private Segment _segment;
    private JournalException? _failure;

    public GroupCommitter(SegmentStore store, IJournalFile file, DurableEnd end, JournalOptions options)
    {
        _store = store;
        _file = file;
        _segment = store.Segments[^1];
        _end = end;
        _segmentBytes = options.SegmentBytes;
        _batchBytes = Math.Min(options.MaxBatchBytes, options.SegmentBytes - SegmentHeader.Size);
        _queue = Channel.CreateBounded<PendingAppend>(new BoundedChannelOptions(options.QueueCapacity) { SingleReader = true });
        _loop = RunAsync();
    }

    public async ValueTask<long> AppendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var append = new PendingAppend(payload);
        try
        {
            await _queue.Writer.WriteAsync(append, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw _failure is { } failure ? Refusal(failure) : new ObjectDisposedException(nameof(SegmentedLog));
        }

        return await append.Durable.Task;
    }

    /// <summary>Takes no more appends, finishes those that wait, and closes the file.</summary>
    public async Task CompleteAsync()
    {
        _queue.Writer.TryComplete();
        await _loop;
        _file.Dispose();
    }

    private async Task RunAsync()
    {
        while (await _queue.Reader.WaitToReadAsync())
        {
            int bytes = TakeBatch();
            try
            {
                await CommitAsync(bytes);
            }
            catch (Exception exception)
            {
                await RefuseBatchAsync(exception);
            }
        }

        _end.Close(_failure);
    }

    private int TakeBatch()
    {
        _batch.Clear();
        int bytes = 0;
        while (_queue.Reader.TryPeek(out PendingAppend? next)
            && (bytes == 0 || bytes + next.Size <= _batchBytes)
            && _queue.Reader.TryRead(out next))
        {
            _batch.Add(next);
            bytes += next.Size;
        }

        return bytes;
    }

    private async Task CommitAsync(int bytes)
    {
        if (_failure is not null)
        {
            throw _failure;
        }

        long first = _segment.EndIndex;
        if (_segment.EndIndex > _segment.FirstIndex && _segment.Length + bytes > _segmentBytes)
        {
            await RollAsync(first);
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(bytes);
        try
        {
            Encode(buffer, first);
            _file.Write(buffer.AsSpan(0, bytes), _segment.Length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await _file.FlushAsync();
        Acknowledge(first, bytes);
    }

    private void Acknowledge(long first, int bytes)
    {
        long offset = _segment.Length;
        for (int i = 0; i < _batch.Count; i++)
        {
            _segment.Index.Note(first + i, offset);
            offset += _batch[i].Size;
        }

        _segment.Extend(first + _batch.Count, _segment.Length + bytes);
        _end.Advance(first + _batch.Count);
        for (int i = 0; i < _batch.Count; i++)
        {
            _batch[i].Durable.SetResult(first + i);
        }
    }

    private void Encode(Span<byte> buffer, long first)
    {
        uint checksumSeed = _segment.Header.ChecksumSeed;
        int offset = 0;
        for (int i = 0; i < _batch.Count; i++)
        {
            RecordFormat.Write(buffer[offset..], checksumSeed, first + i, i, _batch[i].Payload.Span);
            offset += _batch[i].Size;
        }
    }

    private async Task RollAsync(long firstIndex)
    {
        IJournalFile next = await _store.AddAsync(firstIndex);
        _file.Dispose();
        _file = next;
        _segment = _store.Segments[^1];
    }

    /// <summary>
    /// Nothing of a failed batch may come back as durable, so the file is cut to its last durable record. If that succeeds
    /// after a full disk, work goes on; anything else (a failed fsync above all, whose pages the kernel forgets) ends it.
    /// </summary>
    private async Task RefuseBatchAsync(Exception exception)
    {
        bool goesOn = _failure is null && await TryCutBackAsync() && DiskErrors.IsDiskFull(exception);
        JournalException refusal = goesOn
            ? new JournalException(
                JournalFailure.DiskFull, $"The disk is full: the append to '{_segment.Path}' was refused and left nothing behind.", _segment.Path, _segment.Length, exception)
            : _failure ?? new JournalException(
                JournalFailure.Failed, $"Writing '{_segment.Path}' failed and the journal is closed to appends: {exception.Message}", _segment.Path, _segment.Length, exception);
        if (!goesOn)
        {
            _failure = refusal;
            _queue.Writer.TryComplete();
        }

        _batch.ForEach(append => append.Durable.TrySetException(Refusal(refusal)));
    }

    private async Task<bool> TryCutBackAsync()
    {
        try
        {
            _file.SetLength(_segment.Length);
            await _file.FlushAsync();
            return true;
        }
        catch (Exception)
        {
            return false; // the caller reports the error that came first and closes the journal
        }
    }

    private static JournalException Refusal(JournalException cause) =>
        new(cause.Failure, cause.Message, cause.File, cause.Offset, cause.InnerException);
}
