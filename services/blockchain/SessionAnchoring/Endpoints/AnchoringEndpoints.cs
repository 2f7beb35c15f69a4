using System.Text.Json;
using Lucid.Contracts.Access;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionAnchoring.Domain;
using Lucid.SessionAnchoring.Storage;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Lucid.SessionAnchoring.Endpoints;

/// <summary>Anchoring of sessions (02 §4.4).</summary>
public static class AnchoringEndpoints
{
    private const int AverageOver = 1000;

    public static void MapAnchoring(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Anchoring");
        group.MapPost(Routes.Anchoring.Sessions, SubmitAsync)
            .WithName("AnchorSession").WithSummary("Anchors a recording; the identical request again answers its status")
            .Produces<AnchorAccepted>().Produces<AnchorAccepted>(StatusCodes.Status202Accepted);
        group.MapGet(Routes.Anchoring.SessionById, Get).WithName("GetAnchoring").Produces<AnchorStatus>().WithSummary("How far an anchoring is");
        group.MapGet(Routes.Anchoring.Receipt, ReceiptAsync)
            .WithName("GetReceipt").Produces<JsonElement>().WithSummary("The receipt, canonical JSON, verifiable offline");
        group.MapPost(Routes.Anchoring.Retry, RetryAsync)
            .WithName("RetryAnchoring").Produces<AnchorAccepted>(StatusCodes.Status202Accepted).WithSummary("Takes up a failed or expired anchoring again");
        group.MapPost(Routes.Anchoring.Verify, VerifyAsync)
            .WithName("VerifyAnchoring").Produces<AnchorVerifyResult>().WithSummary("Whether a session is anchored with this root");
        group.MapGet(Routes.Anchoring.Status, Overview).WithName("GetAnchoringStatus").WithSummary("Queue and speed of anchoring");
    }

    private static async Task<IResult> SubmitAsync(
        AnchorRequest request, AnchoringHost host, AnchoringWorker worker, TimeProvider clock, HttpContext context, CancellationToken cancellationToken)
    {
        if (context.Request.Headers[Contracts.LucidHeaders.IdempotencyKey] is [{ } key] && key != request.SessionId)
        {
            return LucidResults.Error(ChainErrors.AnchoringInvalid, "Idempotency-Key must be the session_id.", "bad_idempotency_key");
        }

        if (AnchorRequestRules.Check(request, out var code, out var faults) is not { } accepted)
        {
            return LucidResults.Invalid(code, faults);
        }

        var outcome = await Intake.SubmitAsync(host.Anchorings, accepted, clock, cancellationToken);
        switch (outcome.Result)
        {
            case IntakeResult.Different:
                return LucidResults.Error(ChainErrors.AnchoredDifferently, "This session is anchored with other content, or its owner was erased; the first anchor stays.", "anchored_differently");
            case IntakeResult.OwnerSignatureInvalid:
                return LucidResults.Error(ChainErrors.AnchoringInvalid, "user_signature does not verify with signer_key.", "user_signature_invalid");
            default:
                worker.Wake();
                var answer = Accepted(outcome.Anchoring!, host);
                return outcome.Result == IntakeResult.Repeated ? TypedResults.Ok(answer) : TypedResults.Json(answer, statusCode: StatusCodes.Status202Accepted);
        }
    }

    private static IResult Get(Guid session, AnchoringHost host, AnchoringWorker worker) =>
        host.Anchorings.Find(session) is { } anchoring ? TypedResults.Ok(Describe(anchoring, worker)) : Missing();

    private static async Task<IResult> ReceiptAsync(Guid session, AnchoringHost host, CancellationToken cancellationToken)
    {
        if (host.Anchorings.Find(session) is null)
        {
            return Missing();
        }

        return await host.Anchorings.ReceiptAsync(session, cancellationToken) is { } receipt
            ? TypedResults.Bytes(receipt, "application/json")
            : LucidResults.Error(ChainErrors.AnchoringUnconfirmed, "The anchoring is not confirmed yet; ask for its status.", "not_confirmed");
    }

    private static async Task<IResult> RetryAsync(Guid session, AnchoringHost host, AnchoringWorker worker, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (host.Anchorings.Find(session) is null)
        {
            return Missing();
        }

        if (await Intake.RetryAsync(host.Anchorings, session, clock, cancellationToken) is not { } again)
        {
            return LucidResults.Error(ChainErrors.AnchoringState, "Only a failed or expired anchoring is retried.", "not_failed");
        }

        worker.Wake();
        return TypedResults.Json(Accepted(again, host), statusCode: StatusCodes.Status202Accepted);
    }

    private static async Task<IResult> VerifyAsync(AnchorVerifyRequest request, AnchoringHost host, AnchoringWorker worker, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(request.SessionId, "D", out var session) || !Digest.TryParse(request.MerkleRoot, out var root) || request.BlockHeight is < 0)
        {
            return LucidResults.Error(ChainErrors.AnchoringInvalid, "session_id is a UUID, merkle_root 64 lower-case hex digits, block_height at least 0.", "malformed");
        }

        var anchoring = host.Anchorings.Find(session);
        if (anchoring is null || host.Pin.Genesis is not { } genesis || await host.Anchorings.ReceiptAsync(session, cancellationToken) is not { } stored)
        {
            return TypedResults.Ok(new AnchorVerifyResult(false, null, null, null, false, null));
        }

        try
        {
            var receipt = Receipt.Parse(stored);
            ReceiptVerifier.Verify(receipt, new VerificationOptions { PinnedGenesisHash = genesis.Hash });
            var holds = receipt.Anchor.Record.SessionId == session
                && receipt.Anchor.Record.MerkleRoot == root
                && (request.BlockHeight is null || request.BlockHeight == receipt.Proof.Block.Header.Height);
            return TypedResults.Ok(new AnchorVerifyResult(
                holds, anchoring.BlockHeight, anchoring.TransactionId, anchoring.ConfirmedAt, MerkleProofValid: true, Confirmations(anchoring, worker)));
        }
        catch (EvidenceException)
        {
            return LucidResults.Error(ChainErrors.VerificationFailed, "The stored receipt does not verify; fetch the evidence from the chain.", "stored_receipt_invalid");
        }
    }

    private static Ok<AnchoringOverview> Overview(AnchoringHost host, AnchoringWorker worker, TimeProvider clock)
    {
        var all = host.Anchorings.All.ToList();
        var today = clock.GetUtcNow().UtcDateTime.Date;
        var confirmed = all.Where(a => a.ConfirmedAt is not null).OrderByDescending(a => a.ConfirmedAt).ToList();
        var pending = all.Count(a => a.Status == AnchoringStatus.Pending);
        var processing = all.Count(a => a.Status == AnchoringStatus.Processing);
        return TypedResults.Ok(new AnchoringOverview(
            !worker.IsEngineUp ? "error" : pending + processing > 0 ? "busy" : "healthy",
            pending,
            processing,
            confirmed.Count(a => a.ConfirmedAt!.Value.UtcDateTime.Date == today),
            confirmed.Count > 0 ? Math.Round(confirmed.Take(AverageOver).Average(a => (a.ConfirmedAt!.Value - a.SubmittedAt).TotalSeconds), 3) : null));
    }

    private static AnchorAccepted Accepted(Anchoring anchoring, AnchoringHost host)
    {
        // Final with the block of the next slot, as a rule.
        var seconds = host.Pin.Genesis?.SlotSeconds;
        return new AnchorAccepted(
            anchoring.AnchoringId.ToString(), anchoring.Status.Name(), anchoring.SubmittedAt,
            anchoring.ConfirmedAt ?? (seconds is { } slot ? anchoring.SubmittedAt.AddSeconds(2 * slot) : null));
    }

    private static AnchorStatus Describe(Anchoring anchoring, AnchoringWorker worker) => new(
        anchoring.SessionId.ToString(), anchoring.AnchoringId.ToString(), anchoring.Status.Name(), anchoring.Status == AnchoringStatus.Confirmed,
        anchoring.SubmittedAt, anchoring.ConfirmedAt, anchoring.BlockId, anchoring.BlockHeight, anchoring.TransactionId,
        anchoring.ReadEntry().Record.MerkleRoot.ToString(), Confirmations(anchoring, worker), anchoring.Error);

    private static long? Confirmations(Anchoring anchoring, AnchoringWorker worker) =>
        anchoring.BlockHeight is { } height ? Math.Max(worker.KnownHeight ?? height, height) - height + 1 : null;

    private static IResult Missing() => LucidResults.Error(ChainErrors.AnchoringNotFound, "Nothing is anchored under this session id.", "anchoring_not_found");
}
