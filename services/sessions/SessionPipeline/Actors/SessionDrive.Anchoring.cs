using Lucid.Contracts.Chain;
using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Domain;
using Lucid.SessionPipeline.Storage;

namespace Lucid.SessionPipeline.Actors;

/// <summary>The steps of anchoring: hand the manifest's hash over, fetch the receipt, believe it only when it verifies.</summary>
public sealed partial class SessionDrive
{
    private async Task<Entity<Session>?> SubmitAnchorAsync(Entity<Session> entity, CancellationToken cancellationToken)
    {
        var session = entity.Value;
        var request = new AnchorRequest(
            session.SessionId, session.OwnerId, session.Finalisation!.MerkleRoot,
            new(
                session.Finalisation.ChunkCount, session.Finalisation.SizeBytes, session.Finalisation.CreatedAt, session.Finalisation.StartedAt,
                session.Finalisation.EndedAt),
            new(session.Finalisation.ManifestHash, session.PolicyHash));
        var accepted = await anchoring.SubmitAsync(request, cancellationToken);
        var next = accepted.IsSuccess
            ? session.Anchoring with { State = AnchorStates.Submitted, NextAttempt = null }
            : session.Anchoring.Postpone(time.GetUtcNow());
        if (!accepted.IsSuccess)
        {
            LogWaiting(session.SessionId, SessionStep.SubmitAnchor, accepted.Error.Status, accepted.Error.Reason ?? accepted.Error.Code);
        }

        return await SaveAsync(
            entity, session with { Anchoring = next }, accepted.IsSuccess ? EventTypes.SessionAnchorSubmitted : EventTypes.SessionUpdated, [], cancellationToken);
    }

    private async Task<Entity<Session>?> FetchAnchorAsync(Entity<Session> entity, CancellationToken cancellationToken)
    {
        var session = entity.Value;
        var status = await anchoring.StatusAsync(session.SessionId, cancellationToken);
        if (status.IsNotFound)
        {
            return await SaveAsync(entity, session with { Anchoring = session.Anchoring with { State = AnchorStates.Pending } }, EventTypes.SessionUpdated, [], cancellationToken);
        }

        if (status is { IsSuccess: true, Value.Status: "failed" or "expired" })
        {
            // The same request again is what sets it going again; not at once, because what refused it may still do so.
            LogWaiting(session.SessionId, SessionStep.FetchAnchor, 200, status.Value.Error ?? status.Value.Status);
            var again = session.Anchoring.Postpone(time.GetUtcNow()) with { State = AnchorStates.Pending };
            return await SaveAsync(entity, session with { Anchoring = again }, EventTypes.SessionUpdated, [], cancellationToken);
        }

        if (status is not { IsSuccess: true, Value.Status: "confirmed" })
        {
            return null; // not yet; the next drive or the event asks again
        }

        var receipt = await anchoring.ReceiptAsync(session.SessionId, cancellationToken);
        if (!receipt.IsSuccess)
        {
            return Wait(session, SessionStep.FetchAnchor, receipt.Error);
        }

        if (!Attests(receipt.Value, session, chain, out var block))
        {
            LogFalseReceipt(session.SessionId);
            return await SaveAsync(entity, session with { Anchoring = session.Anchoring.Postpone(time.GetUtcNow()) }, EventTypes.SessionUpdated, [], cancellationToken);
        }

        var stored = await storage.PutReceiptAsync(session.SessionId, receipt.Value, cancellationToken);
        if (!stored.IsSuccess)
        {
            return Wait(session, SessionStep.FetchAnchor, stored.Error);
        }

        var confirmed = new Anchoring(AnchorStates.Confirmed, TransactionId: status.Value.TransactionId, BlockHeight: block.Height, BlockHash: block.Hash().ToString());
        return await SaveAsync(entity, session with { Anchoring = confirmed }, EventTypes.SessionAnchorConfirmed, [], cancellationToken);
    }

    /// <summary>A receipt counts only when it verifies and names what this session's manifest says.</summary>
    private static bool Attests(byte[] bytes, Session session, TrustedChain chain, out BlockHeader header)
    {
        header = null!;
        try
        {
            var findings = ReceiptVerifier.Verify(Receipt.Parse(bytes), new VerificationOptions { PinnedGenesisHash = chain.GenesisHash });
            var record = findings.Receipt.Anchor.Record;
            header = findings.Receipt.Proof.Block.Header;
            return record.SessionId == Guid.ParseExact(session.SessionId, "D") && record.MerkleRoot.ToString() == session.Finalisation!.MerkleRoot
                && record.ManifestHash.ToString() == session.Finalisation.ManifestHash;
        }
        catch (EvidenceException)
        {
            return false;
        }
    }
}
