using System.Runtime.CompilerServices;

namespace Lucid.Journal;

/// <summary>
/// An append-only log of records in segment files, for one writing process. An acknowledged index is durable: recovered
/// after any crash, in order, without gaps. The byte layout is in <c>docs/journal.md</c>. Safe for concurrent use.
/// </summary>
public sealed class SegmentedLog : IAsyncDisposable
{
    private const string LockName = "journal.lock";

    private readonly JournalOptions _options;
    private readonly IDisposable _lock;
    private readonly SegmentStore _store;
    private readonly DurableEnd _end;
    private readonly GroupCommitter _committer;

    private SegmentedLog(JournalOptions options, IDisposable directoryLock, SegmentStore store, IJournalFile file)
    {
        _options = options;
        _lock = directoryLock;
        _store = store;
        _end = new DurableEnd(store.Segments[^1].EndIndex);
        _committer = new GroupCommitter(store, file, _end, options);
    }

    /// <summary>Index of the oldest record kept; 0 unless <see cref="TruncateHead"/> has been used.</summary>
    public long FirstIndex => _store.Segments[0].FirstIndex;

    /// <summary>Index after the newest durable record; equal to <see cref="FirstIndex"/> when there is none.</summary>
    public long EndIndex => _end.Index;

    /// <summary>What opening had to repair.</summary>
    public JournalRecovery Recovery => _store.Recovery;

    /// <summary>
    /// Opens or creates the journal in <paramref name="directory"/>. The unfinished last write of a crash is cut off
    /// (<see cref="Recovery"/> tells); damage anywhere else is not repaired.
    /// </summary>
    /// <exception cref="JournalException">Locked, Corrupt, MissingSegment.</exception>
    public static async Task<SegmentedLog> OpenAsync(string directory, JournalOptions options, CancellationToken cancellationToken)
    {
        options.Validate();
        options.FileSystem.CreateDirectory(directory);
        string lockPath = Path.Combine(directory, LockName);
        IDisposable directoryLock = options.FileSystem.TryLock(lockPath)
            ?? throw new JournalException(
                JournalFailure.Locked, $"The journal '{directory}' is already open: another process holds '{lockPath}'. Stop it first.", lockPath);
        try
        {
            var store = new SegmentStore(directory, options);
            return new SegmentedLog(options, directoryLock, store, await store.OpenAsync(cancellationToken));
        }
        catch
        {
            directoryLock.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Appends one record and completes with its index once it is durable. Indexes follow the order of calls. The bytes must
    /// not change before completion. Cancelling works while the call waits for room; a cancelled append is never written.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Empty, or larger than <see cref="JournalOptions.MaxRecordBytes"/>.</exception>
    /// <exception cref="JournalException">DiskFull: refused without a trace. Failed: not acknowledged, open the journal again.</exception>
    public ValueTask<long> AppendAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (payload.Length == 0 || payload.Length > _options.MaxRecordBytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(payload), payload.Length, $"A record holds 1 to {_options.MaxRecordBytes} bytes.");
        }

        return _committer.AppendAsync(payload, cancellationToken);
    }

    /// <summary>The record at <paramref name="index"/>, or null when it is not (or not yet) durable.</summary>
    /// <exception cref="JournalException">Removed, Corrupt, MissingSegment.</exception>
    public async ValueTask<JournalRecord?> GetAsync(long index, CancellationToken cancellationToken)
    {
        if (index >= EndIndex)
        {
            return null;
        }

        await using IAsyncEnumerator<JournalRecord> records = EnumerateAsync(index, follow: false, cancellationToken).GetAsyncEnumerator(cancellationToken);
        return await records.MoveNextAsync() ? records.Current : null;
    }

    /// <summary>The records from <paramref name="fromIndex"/> to the last that is durable at the time of the call.</summary>
    /// <exception cref="JournalException">Removed, Corrupt, MissingSegment.</exception>
    public IAsyncEnumerable<JournalRecord> ReadAsync(long fromIndex, CancellationToken cancellationToken) =>
        EnumerateAsync(fromIndex, follow: false, cancellationToken);

    /// <summary>The records from <paramref name="fromIndex"/>, then each new one as it becomes durable, until cancelled or the journal is closed.</summary>
    /// <exception cref="JournalException">Removed, Corrupt, MissingSegment; Failed when no more can come.</exception>
    public IAsyncEnumerable<JournalRecord> TailAsync(long fromIndex, CancellationToken cancellationToken) =>
        EnumerateAsync(fromIndex, follow: true, cancellationToken);

    /// <summary>
    /// Removes whole closed segments all of whose records are before <paramref name="beforeIndex"/>, durably, and returns the
    /// new <see cref="FirstIndex"/>. The segment that is being written always stays.
    /// </summary>
    /// <exception cref="InvalidOperationException"><see cref="JournalOptions.AllowTruncateHead"/> is not set.</exception>
    public long TruncateHead(long beforeIndex)
    {
        if (!_options.AllowTruncateHead)
        {
            throw new InvalidOperationException("This journal keeps every record: AllowTruncateHead is not set.");
        }

        _store.RemoveBefore(beforeIndex);
        return FirstIndex;
    }

    /// <summary>Finishes the appends that were accepted, ends tails, and releases the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        await _committer.CompleteAsync();
        _lock.Dispose();
    }

    private async IAsyncEnumerable<JournalRecord> EnumerateAsync(
        long fromIndex, bool follow, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(fromIndex);
        SegmentReader? reader = null;
        long end = EndIndex;
        try
        {
            for (long index = fromIndex; ; index++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (index >= end)
                {
                    if (!follow || !await _end.WaitBeyondAsync(index, cancellationToken))
                    {
                        yield break;
                    }

                    end = EndIndex;
                }

                if (reader is null || index == reader.EndIndex)
                {
                    reader?.Dispose();
                    reader = SegmentReader.Open(_store, index);
                }

                yield return reader.Read(index);
            }
        }
        finally
        {
            reader?.Dispose();
        }
    }
}
