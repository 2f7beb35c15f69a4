using Lucid.Evidence;
using Lucid.SessionAnchoring.Domain;

namespace Lucid.SessionAnchoring;

/// <summary>What the worker does with the chain's answers.</summary>
public sealed partial class AnchoringWorker
{
    private async Task CheckChainAsync(CancellationToken cancellationToken)
    {
        while (!breaker.IsOpen && appeared.TryDequeue(out var session))
        {
            if (Anchorings.Find(session) is { Status: not AnchoringStatus.Confirmed } known)
            {
                await FetchAsync(known, cancellationToken);
            }
        }

        var waiting = Anchorings.Open.Where(a => a.IsOpen && a.TransactionIds.Count > 0).ToList();
        if (waiting.Count == 0 || breaker.IsOpen || !await HasGrownAsync(cancellationToken))
        {
            return;
        }

        foreach (var anchoring in waiting)
        {
            await FetchAsync(anchoring, cancellationToken);
            await CountAttemptAsync(anchoring, cancellationToken);
        }
    }

    private async Task<bool> HasGrownAsync(CancellationToken cancellationToken)
    {
        var answer = await engine.InfoAsync(cancellationToken);
        if (!answer.IsSuccess)
        {
            Failed(answer.Error);
            return false;
        }

        breaker.Succeeded();
        if (answer.Value.GenesisBlock != host.Pin.Genesis!.Hash.ToString())
        {
            metrics.IntegrityError();
            LogWrongChain(Digest.TryParse(answer.Value.GenesisBlock, out var other) ? other : default);
            return false;
        }

        InterlockedMax(ref knownHeight, answer.Value.CurrentHeight);
        var hasGrown = answer.Value.CurrentHeight > checkedHeight;
        checkedHeight = answer.Value.CurrentHeight;
        return hasGrown;
    }

    private async Task FetchAsync(Anchoring anchoring, CancellationToken cancellationToken)
    {
        foreach (var id in anchoring.TransactionIds.Reverse())
        {
            var answer = await engine.EvidenceAsync(id, cancellationToken);
            if (answer.IsSuccess)
            {
                breaker.Succeeded();
                await ConfirmAsync(anchoring, answer.Value.Evidence, cancellationToken);
                return;
            }

            if (!answer.IsNotFound)
            {
                checkedHeight = -1; // look again at the same height
                Failed(answer.Error);
                return;
            }

            if (id == anchoring.TransactionId && answer.Error.Reason == EngineReasons.TransactionUnknown)
            {
                sendAt.Remove(anchoring.SessionId); // the engine never got it, or lost it
            }
        }
    }

    private async Task ConfirmAsync(Anchoring anchoring, System.Text.Json.JsonElement evidence, CancellationToken cancellationToken)
    {
        Receipt receipt;
        try
        {
            receipt = ReceiptAssembly.Assemble(evidence, anchoring, host.Pin.Genesis!.Hash);
        }
        catch (EvidenceException refused)
        {
            metrics.IntegrityError();
            LogFalseEvidence(refused, anchoring.SessionId);
            return;
        }

        var header = receipt.Proof.Block.Header;
        var confirmed = await Anchorings.ChangeAsync(
            anchoring.SessionId,
            async (known, save) => known?.On(AnchoringTrigger.Confirmed) is { } next
                ? await save(
                    next with
                    {
                        Transaction = null,
                        TransactionIds = [.. next.TransactionIds.Where(id => id != receipt.Proof.Transaction.Id.ToString()), receipt.Proof.Transaction.Id.ToString()],
                        ConfirmedAt = clock.GetUtcNow(),
                        BlockId = header.Hash().ToString(),
                        BlockHeight = header.Height,
                        Error = null,
                    },
                    receipt.ToJson())
                : null,
            cancellationToken);
        if (confirmed is not null)
        {
            sendAt.Remove(anchoring.SessionId);
            metrics.Confirmed();
            LogConfirmed(anchoring.SessionId, header.Height);
        }
    }

    // The chain grew and the transaction is still not in it: once its time is over it counts, and it is sent again after a while.
    private async Task CountAttemptAsync(Anchoring anchoring, CancellationToken cancellationToken)
    {
        var session = anchoring.SessionId;
        if (Anchorings.Find(session) is not { Status: AnchoringStatus.Processing } known || !sendAt.TryGetValue(session, out var due) || due > clock.GetUtcNow())
        {
            return;
        }

        if (known.Attempts + 1 >= RetryPlan.MaxAttempts)
        {
            await EndAsync(session, "not_final_in_time", cancellationToken);
            return;
        }

        var counted = await ChangeAsync(session, a => a with { Attempts = a.Attempts + 1 }, cancellationToken);
        await SendAsync(counted ?? known, cancellationToken);
        sendAt[session] = clock.GetUtcNow() + RetryPlan.DelayAfter(known.Attempts + 1);
    }

    private async Task RefusedAsync(Anchoring anchoring, string reason, CancellationToken cancellationToken)
    {
        if (reason == EngineReasons.TimestampTooOld)
        {
            await ChangeAsync(anchoring.SessionId, known => known.Status == AnchoringStatus.Processing ? Sign(known) : null, cancellationToken);
            sendAt.Remove(anchoring.SessionId);
            return;
        }

        if (reason == EngineReasons.SessionAlreadyAnchored)
        {
            await FetchAsync(anchoring, cancellationToken); // by an earlier transaction of ours?
        }

        if (Anchorings.Find(anchoring.SessionId) is { IsOpen: true })
        {
            await EndAsync(anchoring.SessionId, reason, cancellationToken);
        }
    }

    private async Task EndAsync(Guid session, string reason, CancellationToken cancellationToken)
    {
        sendAt.Remove(session);
        metrics.Ended();
        LogFailed(session, reason);
        await MoveAsync(session, AnchoringTrigger.Refused, reason, cancellationToken);
    }
}
