using System.Collections.Concurrent;
using System.Threading.Channels;
using Lucid.Contracts.Sessions;
using Lucid.Journal;
using Lucid.ServiceDefaults;
using Lucid.SessionRecorder.Clients;
using Lucid.SessionRecorder.Domain;
using Lucid.SessionRecorder.Storage;

namespace Lucid.SessionRecorder;

/// <summary>
/// Brings the pipeline up to what the spools say: the first fragment, each cut chunk, the end. What was reported is remembered in memory
/// only; after a restart everything unfreed is reported again, which the pipeline takes as the same.
/// </summary>
public sealed partial class PipelineReporter(Recordings recordings, PipelineClient pipeline, TimeProvider time, ILogger<PipelineReporter> logger) : BackgroundService
{
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(2);
    private readonly ConcurrentDictionary<Guid, Reported> reported = new();
    private readonly ConcurrentDictionary<Guid, bool> waiting = new();
    private readonly Channel<Guid> wake = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Says that a spool has something new; the sweep finds it anyway.</summary>
    public void Wake(Guid session)
    {
        if (waiting.TryAdd(session, true))
        {
            wake.Writer.TryWrite(session);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var sweeping = SweepAsync(stoppingToken);
        await foreach (var session in wake.Reader.ReadAllAsync(stoppingToken))
        {
            waiting.TryRemove(session, out _);
            if (recordings.Find(session) is { } spool)
            {
                await ReportAsync(session, spool, stoppingToken);
            }
            else
            {
                reported.TryRemove(session, out _);
            }
        }

        await sweeping;
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Sweep, time);
        do
        {
            foreach (var spool in recordings.All)
            {
                var session = Guid.Parse(spool.SessionId);
                await CutIfOldAsync(spool, cancellationToken);
                if (!reported.TryGetValue(session, out var known) || !known.Covers(spool.State))
                {
                    Wake(session);
                }
            }
        }
        while (await timer.WaitForNextTickAsync(cancellationToken));
    }

    // One recording whose disk is full, or that was removed meanwhile, must not keep the others from being cut and reported.
    private async Task CutIfOldAsync(SessionSpool spool, CancellationToken cancellationToken)
    {
        try
        {
            await spool.CutIfOldAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is JournalException or ObjectDisposedException)
        {
            LogUncut(spool.SessionId, failure);
        }
    }

    private async Task ReportAsync(Guid session, SessionSpool spool, CancellationToken cancellationToken)
    {
        var known = reported.GetOrAdd(session, _ => new Reported());
        var state = spool.State;
        if (state.Opening is null)
        {
            return;
        }

        if (!known.FirstFragment && state.Run >= 0)
        {
            if (!await SendAsync(spool, RecordingReports.FirstFragment, null, cancellationToken))
            {
                return;
            }

            known.FirstFragment = true;
        }

        foreach (var cut in state.Chunks.Values.Where(cut => !known.Chunks.ContainsKey(cut.Index)))
        {
            var message = new ChunkSealed(
                cut.Epoch, cut.Stream, cut.Run, cut.PlainLength, cut.PlainSha256, cut.StartMs, cut.EndMs, cut.Frames, cut.Final, cut.Truncated, cut.Video);
            var answer = await pipeline.ChunkSealedAsync(spool.SessionId, cut.Index, message, cancellationToken);
            if (!answer.IsSuccess)
            {
                LogRefused(spool.SessionId, cut.Index, answer.Error.Status, answer.Error.Reason ?? answer.Error.Code);
                return;
            }

            known.Chunks.TryAdd(cut.Index, true);
        }

        if (!known.Ended && state.Ended is { } ended)
        {
            var kind = ended.Reason is RecordingReports.SizeExceeded or RecordingReports.StorageFull or RecordingReports.CaptureLost
                ? ended.Reason : RecordingReports.Ended;
            known.Ended = await SendAsync(spool, kind, ended, cancellationToken);
        }
    }

    private async Task<bool> SendAsync(SessionSpool spool, string kind, RecordingEnded? ended, CancellationToken cancellationToken)
    {
        var state = spool.State;
        var answer = await pipeline.ReportAsync(
            spool.SessionId, new(state.Opening!.Epoch, kind, state.DurationMs, state.PlainBytes, ended?.ChunkCount, ended?.Reason), cancellationToken);
        if (!answer.IsSuccess)
        {
            LogRefused(spool.SessionId, -1, answer.Error.Status, answer.Error.Reason ?? answer.Error.Code);
        }

        return answer.IsSuccess;
    }

    [LoggerMessage(3001, LogLevel.Warning, "The pipeline of {Session} did not take chunk {Index} (-1: a report): {Status} {Reason}; it is sent again")]
    private partial void LogRefused(string session, int index, int status, string reason);

    [LoggerMessage(3002, LogLevel.Warning, "The open chunk of {Session} could not be cut; it is tried again")]
    private partial void LogUncut(string session, Exception failure);

    private sealed class Reported
    {
        public bool FirstFragment { get; set; }

        public ConcurrentDictionary<int, bool> Chunks { get; } = new();

        public bool Ended { get; set; }

        public bool Covers(SpoolState state) =>
            (FirstFragment || state.Run < 0) && state.Chunks.Keys.All(Chunks.ContainsKey) && (Ended || state.Ended is null);
    }
}
