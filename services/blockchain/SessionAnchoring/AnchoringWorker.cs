using System.Collections.Concurrent;
using System.Threading.Channels;
using Lucid.Evidence;
using Lucid.SessionAnchoring.Clients;
using Lucid.SessionAnchoring.Domain;
using Lucid.SessionAnchoring.Storage;

namespace Lucid.SessionAnchoring;

/// <summary>
/// Brings accepted anchorings to their end. A pass: 1. tell of ends · 2. give up what is too old · 3. claim what is pending ·
/// 4. send what is due · 5. when the chain grew, fetch evidence. One pass at a time, so a lease between workers is not needed:
/// the journal has one writer. What it remembers besides the journal is only when to send again.
/// </summary>
public sealed partial class AnchoringWorker : BackgroundService
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromHours(1);
    private static readonly TimeSpan TransientDelay = TimeSpan.FromSeconds(1);

    private readonly AnchoringHost host;
    private readonly EngineClient engine;
    private readonly EngineBreaker breaker;
    private readonly Announcer announcer;
    private readonly AnchoringOptions options;
    private readonly AnchoringMetrics metrics;
    private readonly TimeProvider clock;
    private readonly ILogger<AnchoringWorker> logger;
    private readonly Channel<bool> wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly ConcurrentQueue<Guid> appeared = new();
    private readonly Dictionary<Guid, DateTimeOffset> sendAt = [];
    private long knownHeight = -1;
    private long checkedHeight = -1;
    private DateTimeOffset nextSweep;
    private bool isAlive;

    public AnchoringWorker(
        AnchoringHost host, EngineClient engine, Announcer announcer, AnchoringOptions options, AnchoringMetrics metrics, TimeProvider clock, ILogger<AnchoringWorker> logger)
    {
        (this.host, this.engine, this.announcer, this.options, this.metrics, this.clock, this.logger) = (host, engine, announcer, options, metrics, clock, logger);
        breaker = new EngineBreaker(clock);
    }

    /// <summary>Height of the newest final block that was heard of; null before the first.</summary>
    public long? KnownHeight => Volatile.Read(ref knownHeight) is >= 0 and var height ? height : null;

    /// <summary>False while calls to the engine are held back.</summary>
    public bool IsEngineUp { get; private set; } = true;

    private Anchorings Anchorings => host.Anchorings;

    /// <summary>Says that there is work; a pass finds it anyway.</summary>
    public void Wake() => wake.Writer.TryWrite(true);

    /// <summary>The engine told of a final block.</summary>
    public void SawBlock(long height)
    {
        InterlockedMax(ref knownHeight, height);
        Volatile.Write(ref isAlive, true);
        Wake();
    }

    /// <summary>The engine told of a final transaction.</summary>
    public void SawTransaction(string transactionId)
    {
        if (Anchorings.FindByTransaction(transactionId) is { } anchoring)
        {
            appeared.Enqueue(anchoring.SessionId);
            Wake();
        }
    }

    /// <summary>One pass over everything that waits.</summary>
    internal async Task PassAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await announcer.TellAsync(Anchorings, cancellationToken);
        var open = Anchorings.Open.Where(a => a.IsOpen).ToList();
        foreach (var anchoring in open.Where(a => now - a.SubmittedAt > Anchoring.MaxAge))
        {
            await MoveAsync(anchoring.SessionId, AnchoringTrigger.Aged, "no block within 24 hours", cancellationToken);
        }

        await ExpireFailedAsync(now, cancellationToken);
        metrics.Queue(open.Count);
        if (Volatile.Read(ref isAlive))
        {
            Volatile.Write(ref isAlive, false);
            breaker.SignOfLife();
        }

        if ((open.Count > 0 || !appeared.IsEmpty) && !breaker.IsOpen && await IsPinnedAsync(cancellationToken))
        {
            await ClaimAsync(cancellationToken);
            await SendDueAsync(cancellationToken);
            await CheckChainAsync(cancellationToken);
            await announcer.TellAsync(Anchorings, cancellationToken);
        }

        IsEngineUp = !breaker.IsOpen;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await PassAsync(stoppingToken);
            }
            catch (Journal.JournalException full) when (full.Failure == Journal.JournalFailure.DiskFull)
            {
                LogDiskFull(full);
            }

            await Task.Delay(Poll, clock, stoppingToken); // at most one pass in this time, however often it is woken
            if (!Anchorings.Open.Any())
            {
                await WaitAsync(stoppingToken);
            }
        }
    }

    private static void InterlockedMax(ref long target, long value)
    {
        var seen = Volatile.Read(ref target);
        while (seen < value)
        {
            var found = Interlocked.CompareExchange(ref target, value, seen);
            if (found == seen)
            {
                return;
            }

            seen = found;
        }
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var idle = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        idle.CancelAfter(Idle);
        try
        {
            await wake.Reader.ReadAsync(idle.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            LogIdle();
        }
    }

    private async Task ExpireFailedAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (now < nextSweep)
        {
            return;
        }

        nextSweep = now + SweepEvery;
        foreach (var failed in Anchorings.All.Where(a => a.Status == AnchoringStatus.Failed && now - a.SubmittedAt > Anchoring.MaxAge))
        {
            await MoveAsync(failed.SessionId, AnchoringTrigger.Aged, failed.Error, cancellationToken);
        }
    }

    private async Task<bool> IsPinnedAsync(CancellationToken cancellationToken)
    {
        if (host.Pin.Genesis is not null)
        {
            return true;
        }

        var answer = await engine.GenesisAsync(cancellationToken);
        if (!answer.IsSuccess)
        {
            Failed(answer.Error);
            return false;
        }

        breaker.Succeeded();
        if (!await host.Pin.PinAsync(answer.Value, options.GenesisHash, cancellationToken))
        {
            LogWrongChain(answer.Value.Hash);
            return false;
        }

        LogPinned(answer.Value.Hash);
        if (!answer.Value.Authority.AnchoringKeys.Contains(host.Key.PublicKey))
        {
            LogKeyNotListed();
        }

        return true;
    }

    private async Task ClaimAsync(CancellationToken cancellationToken)
    {
        foreach (var pending in Anchorings.Open.Where(a => a.Status == AnchoringStatus.Pending).Take(options.AnchoringBatchSize))
        {
            sendAt.Remove(pending.SessionId);
            await ChangeAsync(pending.SessionId, known => known.On(AnchoringTrigger.Claimed) is { } claimed ? Sign(claimed) : null, cancellationToken);
        }
    }

    // Signed and written down before it is sent: after a crash the same transaction is sent, and its id can be looked up.
    private Anchoring Sign(Anchoring anchoring)
    {
        var transaction = AnchorTransaction.Sign(anchoring, host.Pin.Genesis!.NetworkId, host.Key, clock.GetUtcNow());
        return anchoring with
        {
            Transaction = Convert.ToBase64String(transaction.SignedBytes.Span),
            TransactionIds = [.. anchoring.TransactionIds, transaction.Id.ToString()],
        };
    }

    private async Task SendDueAsync(CancellationToken cancellationToken)
    {
        foreach (var anchoring in Anchorings.Open.Where(a => a.Status == AnchoringStatus.Processing))
        {
            var now = clock.GetUtcNow();
            var wasSent = sendAt.TryGetValue(anchoring.SessionId, out var due);
            if (breaker.IsOpen || (wasSent && due > now))
            {
                continue;
            }

            await SendAsync(await RefreshAsync(anchoring, cancellationToken), cancellationToken);
        }
    }

    private async Task<Anchoring> RefreshAsync(Anchoring anchoring, CancellationToken cancellationToken)
    {
        var signedAt = DateTimeOffset.FromUnixTimeMilliseconds(Transaction.Parse(Convert.FromBase64String(anchoring.Transaction!)).TimestampMs);
        return clock.GetUtcNow() - signedAt < AnchorTransaction.Freshness
            ? anchoring
            : await ChangeAsync(anchoring.SessionId, known => known.Status == AnchoringStatus.Processing ? Sign(known) : null, cancellationToken) ?? anchoring;
    }

    private async Task SendAsync(Anchoring anchoring, CancellationToken cancellationToken)
    {
        var session = anchoring.SessionId;
        var answer = await engine.SubmitAsync(anchoring.Transaction!, cancellationToken);
        var now = clock.GetUtcNow();
        if (answer.IsSuccess || answer.Error.Reason == EngineReasons.NonceUsed)
        {
            // The nonce is used by an earlier transaction of this anchoring: as good as this one.
            breaker.Succeeded();
            sendAt[session] = now + TimeSpan.FromSeconds(options.AnchoringTimeout);
        }
        else if (answer.Error.IsTransient)
        {
            Failed(answer.Error);
            sendAt[session] = now + TransientDelay;
        }
        else
        {
            breaker.Succeeded();
            await RefusedAsync(anchoring, answer.Error.Reason ?? answer.Error.Code, cancellationToken);
        }
    }

    private void Failed(ServiceDefaults.ServiceError error)
    {
        if (error.Reason is EngineReasons.MempoolFull or EngineReasons.SenderQuota)
        {
            return; // busy, not down
        }

        breaker.Failed();
        LogEngineDown(error.Status, error.Reason ?? error.Code);
    }

    private Task<Anchoring?> MoveAsync(Guid session, AnchoringTrigger trigger, string? error, CancellationToken cancellationToken) =>
        ChangeAsync(session, known => known.On(trigger) is { } moved ? moved with { Error = error } : null, cancellationToken);

    /// <summary>Writes a change of one anchoring; null when there was nothing to change.</summary>
    private Task<Anchoring?> ChangeAsync(Guid session, Func<Anchoring, Anchoring?> change, CancellationToken cancellationToken) =>
        Anchorings.ChangeAsync(session, async (known, save) => known is not null && change(known) is { } next ? await save(next) : null, cancellationToken);
}
