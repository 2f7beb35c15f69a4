using System.Buffers;
using System.Security.Cryptography;
using Lucid.Contracts.Sessions;
using Lucid.Journal;
using Lucid.SessionRecorder.Domain;

namespace Lucid.SessionRecorder.Storage;

/// <summary>
/// One recording's durable spool: a log of units and decisions, its state, and the operations on it, one at a time.
/// An operation is answered only when its records are durable; what the log holds decides after a crash.
/// </summary>
public sealed class SessionSpool : IAsyncDisposable
{
    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly SegmentedLog decisions;
    private readonly SegmentedLog units;
    private readonly SpoolCodec codec;
    private readonly TimeProvider time;
    private FragmentGroupParser parser = new();
    private IncrementalHash openHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private DateTimeOffset? openSince;
    private bool closed;

    private SessionSpool(string sessionId, string folder, SegmentedLog decisions, SegmentedLog units, SpoolCodec codec, TimeProvider time) =>
        (SessionId, Folder, this.decisions, this.units, this.codec, this.time) = (sessionId, folder, decisions, units, codec, time);

    public string SessionId { get; }

    public string Folder { get; }

    /// <summary>Read under no lock: fields are replaced, never torn, and a reader wants the latest.</summary>
    public SpoolState State { get; } = new();

    /// <summary>Opens or creates the spool in <paramref name="folder"/>; a torn tail is cut, the rest replayed.</summary>
    /// <param name="key">The spool key, 32 bytes; copied.</param>
    /// <exception cref="JournalException">The log is damaged before its tail, or held by another process.</exception>
    public static Task<SessionSpool> OpenAsync(string sessionId, string folder, byte[] key, TimeProvider time, CancellationToken cancellationToken) =>
        OpenAsync(sessionId, folder, key, time, new JournalOptions(), cancellationToken);

    /// <param name="journal">What both logs have in common: segment size and file system.</param>
    internal static async Task<SessionSpool> OpenAsync(
        string sessionId, string folder, byte[] key, TimeProvider time, JournalOptions journal, CancellationToken cancellationToken)
    {
        var decisions = await SegmentedLog.OpenAsync(Path.Combine(folder, "decisions"), journal, cancellationToken);
        SegmentedLog? units = null;
        try
        {
            units = await SegmentedLog.OpenAsync(
                Path.Combine(folder, "units"), journal with { AllowTruncateHead = true, MaxRecordBytes = 12 << 20 }, cancellationToken);
            var spool = new SessionSpool(sessionId, folder, decisions, units, new SpoolCodec(key), time);
            await spool.ReplayAsync(cancellationToken);
            return spool;
        }
        catch
        {
            await decisions.DisposeAsync();
            if (units is not null)
            {
                await units.DisposeAsync();
            }

            throw;
        }
    }

    /// <summary>Accepts fragments from now on; false when a higher epoch is already open.</summary>
    public async Task<bool> OpenRecordingAsync(StartRecording request, CancellationToken cancellationToken)
    {
        using var held = await TakeTurnAsync(cancellationToken);
        if (State.Opening is { } opening)
        {
            if (opening.Epoch > request.Epoch)
            {
                return false;
            }

            // The same request again, or the same epoch begun anew by a caller that never told anybody its first token.
            if (opening.Epoch == request.Epoch && (opening.TokenSha256 == request.IngestTokenSha256 || State.Run >= 0))
            {
                return opening.TokenSha256 == request.IngestTokenSha256;
            }
        }

        await AppendAsync(
            new RecordingOpened(
                request.Epoch, request.OwnerId, request.IngestTokenSha256, request.ChunkSizeBytes, request.MaxSizeBytes, request.NextIndex, time.GetUtcNow()),
            cancellationToken);
        return true;
    }

    /// <summary>Accepts one group of whole fragments at its place; answered when it is durable.</summary>
    public async Task<IngestResult> IngestAsync(int epoch, int run, long offset, ReadOnlyMemory<byte> group, CancellationToken cancellationToken)
    {
        using var held = await TakeTurnAsync(cancellationToken);
        if (State.Opening is not { } opening || epoch != opening.Epoch)
        {
            return new(IngestOutcome.StaleEpoch);
        }

        if (State.IsRepeat(run, offset, group.Length))
        {
            return new(IngestOutcome.Repeated);
        }

        if (State.Ended is not null)
        {
            return new(IngestOutcome.Ended);
        }

        if (State.Paused)
        {
            return new(IngestOutcome.Paused);
        }

        // A run of which only the beginning became durable begins again with its initialisation segment.
        var newRun = offset == 0 && (run == State.Run + 1 || (run == State.Run && State.Offset == 0));
        if (run < 0 || (!newRun && (run != State.Run || offset != State.Offset)))
        {
            return new(IngestOutcome.WrongOffset);
        }

        var runParser = newRun ? new FragmentGroupParser() : parser;
        var fault = runParser.Parse(group.Span, out var fragments);
        if (fault != FragmentGroupFault.None)
        {
            return new(IngestOutcome.Malformed, fault);
        }

        var chunks = State.NextIndex + 1 + fragments.Count + (group.Length / ChunkLimits.MaxPayload(opening.ChunkSizeBytes));
        if (ChunkLimits.MaxTotal(State.PlainBytes + group.Length, chunks) > opening.MaxSizeBytes)
        {
            return new(IngestOutcome.SizeExceeded);
        }

        try
        {
            if (newRun)
            {
                await BeginRunAsync(opening, run, group.Slice(fragments[0].Offset, fragments[0].Length), cancellationToken);
                parser = runParser; // from here on the run is the log's, whatever becomes of its units
            }

            await SpoolAsync(opening, run, offset, group, fragments, cancellationToken);
        }
        catch (JournalException failure) when (failure.Failure == JournalFailure.DiskFull)
        {
            return new(IngestOutcome.DiskFull);
        }

        return new(IngestOutcome.Accepted);
    }

    /// <summary>Cuts what is open when it is old enough; true when a chunk was cut.</summary>
    public async Task<bool> CutIfOldAsync(CancellationToken cancellationToken)
    {
        using var held = await TakeTurnAsync(cancellationToken);
        if (State.Ended is not null || State.Open.Count == 0 || openSince is not { } since || time.GetUtcNow() - since < ChunkLimits.MaxAge)
        {
            return false;
        }

        await CutAsync(final: false, cancellationToken);
        return true;
    }

    public async Task PauseAsync(bool paused, CancellationToken cancellationToken)
    {
        using var held = await TakeTurnAsync(cancellationToken);
        if (State.Ended is not null || State.Paused == paused)
        {
            return;
        }

        if (State.Open.Count > 0)
        {
            await CutAsync(final: false, cancellationToken);
        }

        await AppendAsync(new CapturePaused(paused, time.GetUtcNow()), cancellationToken);
    }

    /// <summary>Cuts the last chunk and accepts nothing more; idempotent.</summary>
    public async Task<RecordingEnded> EndAsync(string reason, CancellationToken cancellationToken)
    {
        using var held = await TakeTurnAsync(cancellationToken);
        if (State.Ended is { } ended)
        {
            return ended;
        }

        if (State.Open.Count > 0)
        {
            await CutAsync(final: true, cancellationToken);
        }

        await AppendAsync(new RecordingEnded(reason, State.NextIndex, State.DurationMs, time.GetUtcNow()), cancellationToken);
        return State.Ended!;
    }

    /// <summary>The plain bytes of a chunk, or null when it is unknown or freed.</summary>
    public async Task<byte[]?> ReadChunkAsync(int index, CancellationToken cancellationToken)
    {
        ChunkCut? cut;
        using (await TakeTurnAsync(cancellationToken))
        {
            if (!State.Chunks.TryGetValue(index, out cut))
            {
                return null;
            }
        }

        var plain = new byte[cut.PlainLength];
        var written = 0;
        await foreach (var record in units.ReadAsync(cut.FirstRecord, cancellationToken))
        {
            if (record.Index > cut.LastRecord)
            {
                break;
            }

            if (SpoolCodec.Decode(record.Payload.Span) is FragmentSpooled)
            {
                written += codec.Decrypt(record.Payload.Span, plain.AsSpan(written));
            }
        }

        return written == plain.Length ? plain : throw new InvalidDataException($"Chunk {index} has {written} of {plain.Length} spooled bytes.");
    }

    /// <summary>Forgets a stored chunk; idempotent.</summary>
    public async Task FreeAsync(int index, CancellationToken cancellationToken)
    {
        using var held = await TakeTurnAsync(cancellationToken);
        if (State.Chunks.ContainsKey(index))
        {
            await AppendAsync(new ChunkFreed(index), cancellationToken);
            units.TruncateHead(State.FirstNeeded);
        }
    }

    /// <summary>Waits for the operation under way; those that wait behind it are refused with <see cref="ObjectDisposedException"/>.</summary>
    public async ValueTask DisposeAsync()
    {
        await turn.WaitAsync();
        closed = true;
        turn.Release();
        await decisions.DisposeAsync();
        await units.DisposeAsync();
        codec.Dispose();
        openHash.Dispose();
    }

    private async Task BeginRunAsync(RecordingOpened opening, int run, ReadOnlyMemory<byte> initialisation, CancellationToken cancellationToken)
    {
        if (State.Open.Count > 0)
        {
            await CutAsync(final: false, cancellationToken);
        }

        // Runs follow each other, also when media came faster than time passed or the clock was set back.
        var start = Math.Max(State.DurationMs, (long)(time.GetUtcNow() - opening.At).TotalMilliseconds);
        await AppendAsync(new RunBegan(run, start, initialisation.ToArray(), VideoFormatReader.Read(initialisation.Span)), cancellationToken);
    }

    private async Task SpoolAsync(
        RecordingOpened opening, int run, long offset, ReadOnlyMemory<byte> group, IReadOnlyList<Fragment> fragments, CancellationToken cancellationToken)
    {
        var capacity = ChunkLimits.MaxPayload(opening.ChunkSizeBytes);
        foreach (var fragment in fragments)
        {
            var isInitialisation = fragment.Kind == FragmentKind.Initialisation;
            for (var part = 0; part < fragment.Length; part += capacity)
            {
                var bytes = group.Slice(fragment.Offset + part, Math.Min(capacity, fragment.Length - part));
                if (State.Open.Count > 0 && (isInitialisation || State.Open[0].Unit.IsInitialisation || State.OpenLength + bytes.Length > capacity))
                {
                    await CutAsync(final: false, cancellationToken);
                }

                var unit = new FragmentSpooled(
                    run, offset + fragment.Offset + part, bytes.Length, isInitialisation, part == 0 ? fragment.Frames : 0,
                    isInitialisation || fragment.Frames > 0 ? State.RunStart + (long)fragment.Start.TotalMilliseconds : State.DurationMs,
                    (long)fragment.Duration.TotalMilliseconds);
                var index = await units.AppendAsync(codec.Encode(unit, bytes.Span), cancellationToken);
                State.Apply(unit, index);
                openHash.AppendData(bytes.Span);
                openSince ??= time.GetUtcNow();
            }

            if (isInitialisation)
            {
                await CutAsync(final: false, cancellationToken);
            }
        }
    }

    private async Task CutAsync(bool final, CancellationToken cancellationToken)
    {
        var (first, last) = (State.Open[0], State.Open[^1]);
        var cut = new ChunkCut(
            State.NextIndex, State.Opening!.Epoch, first.Unit.IsInitialisation ? ChunkStreams.Init : ChunkStreams.AudioVideo, first.Unit.Run,
            first.Record, last.Record, State.OpenLength, Convert.ToHexStringLower(openHash.GetCurrentHash()),
            State.Open.Min(unit => unit.Unit.Start), State.Open.Max(unit => unit.Unit.Start + unit.Unit.Duration), State.Open.Sum(unit => unit.Unit.Frames),
            last.Unit.Offset, last.Unit.Length, State.PlainBytes, final, Truncated: false,
            first.Unit.IsInitialisation ? State.Video : null);
        await AppendAsync(cut, cancellationToken);
        openHash.Dispose();
        openHash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        openSince = null;
    }

    private async Task AppendAsync(SpoolRecord decision, CancellationToken cancellationToken)
    {
        await decisions.AppendAsync(SpoolCodec.Encode(decision), cancellationToken);
        State.Apply(decision);
    }

    private async Task ReplayAsync(CancellationToken cancellationToken)
    {
        await foreach (var record in decisions.ReadAsync(decisions.FirstIndex, cancellationToken))
        {
            State.Apply(SpoolCodec.Decode(record.Payload.Span));
        }

        await foreach (var record in units.ReadAsync(Math.Max(State.UnitsTaken, units.FirstIndex), cancellationToken))
        {
            if (SpoolCodec.Decode(record.Payload.Span) is not FragmentSpooled unit)
            {
                throw new InvalidDataException($"Record {record.Index} of the unit log of {SessionId} is no unit.");
            }

            State.Apply(unit, record.Index);
            var plain = new byte[unit.Length];
            codec.Decrypt(record.Payload.Span, plain);
            openHash.AppendData(plain);
        }

        openSince = State.Open.Count > 0 ? time.GetUtcNow() : null;
        if (State.Initialisation is { } initialisation)
        {
            parser.Parse(initialisation, out _);
        }
    }

    private async Task<Turn> TakeTurnAsync(CancellationToken cancellationToken)
    {
        await turn.WaitAsync(cancellationToken);
        var held = new Turn(turn);
        if (closed)
        {
            held.Dispose();
            throw new ObjectDisposedException(nameof(SessionSpool));
        }

        return held;
    }

    private readonly struct Turn(SemaphoreSlim held) : IDisposable
    {
        public void Dispose() => held.Release();
    }
}
