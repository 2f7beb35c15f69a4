using System.Text.Json;
using Lucid.BlockchainEngine.Domain;
using Lucid.Contracts.Access;
using Lucid.Contracts.Chain;
using Lucid.Contracts.Errors;
using Lucid.Evidence;
using Lucid.ServiceDefaults;

namespace Lucid.BlockchainEngine.Endpoints;

/// <summary>Transactions (02 §4.3).</summary>
public static class TransactionEndpoints
{
    public static void MapTransactions(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Transactions");
        group.MapPost(Routes.Engine.Transactions, SubmitAsync)
            .WithName("SubmitTransaction").WithSummary("Accepts a signed transaction; the same one again answers its status")
            .Produces<TransactionAccepted>().Produces<TransactionAccepted>(StatusCodes.Status202Accepted);
        group.MapGet(Routes.Engine.TransactionById, GetAsync).WithName("GetTransaction").Produces<TransactionView>().WithSummary("A transaction and its status");
        group.MapGet(Routes.Engine.TransactionProof, ProofAsync)
            .WithName("GetTransactionProof").Produces<TransactionProofView>().WithSummary("Inclusion of a final transaction in its block");
    }

    /// <summary>The block of a final transaction, or the 404 that says what is known of it.</summary>
    internal static async Task<(FinalBlock? Block, int Index, IResult? Missing)> FindAsync(ChainNode node, string tx, CancellationToken cancellationToken)
    {
        if (!Digest.TryParse(tx, out var id))
        {
            return (null, 0, Views.BadHex("tx_id"));
        }

        if (node.State.Find(id) is { } place && await node.ReadBlockAsync(place.Height, cancellationToken) is { } block)
        {
            return (block, place.Index, null);
        }

        return (null, 0, node.FindPending(id) is { Pending.IsDurable: true }
            ? LucidResults.Error(ChainErrors.TransactionNotFound, "The transaction waits for a block; ask again after the next one.", "transaction_pending")
            : LucidResults.Error(ChainErrors.TransactionNotFound, "The chain has no such transaction.", "transaction_unknown"));
    }

    private static async Task<IResult> SubmitAsync(SubmitTransaction body, ChainNode node, EngineMetrics metrics, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = StrictBase64.Decode(body.Transaction);
        }
        catch (EvidenceException)
        {
            return LucidResults.Error(ChainErrors.TransactionFormat, "transaction must be the canonical base64 of the signed bytes.", "bad_base64");
        }

        var outcome = await node.SubmitAsync(bytes, cancellationToken);
        if (!outcome.IsAccepted)
        {
            metrics.Refused(outcome.Refusal);
            return LucidResults.Error(CodeOf(outcome.Refusal), outcome.Message!, Naming.Snake(outcome.Refusal));
        }

        var answer = new TransactionAccepted(outcome.Id.ToString(), outcome.BlockHeight is null ? "pending" : "confirmed", outcome.SubmittedAt, outcome.BlockHeight);
        return outcome.IsRepeat ? TypedResults.Ok(answer) : TypedResults.Json(answer, statusCode: StatusCodes.Status202Accepted);
    }

    private static ErrorCode CodeOf(TransactionRefusal refusal) => refusal switch
    {
        TransactionRefusal.SignatureInvalid or TransactionRefusal.OwnerSignatureInvalid => ChainErrors.TransactionSignature,
        TransactionRefusal.SenderNotAuthorised => ChainErrors.NotParticipant,
        TransactionRefusal.NonceUsed or TransactionRefusal.SessionAlreadyAnchored => ChainErrors.TransactionConflict,
        TransactionRefusal.MempoolFull or TransactionRefusal.SenderQuota or TransactionRefusal.StorageUnavailable => ChainErrors.Unavailable,
        _ => ChainErrors.TransactionFormat,
    };

    private static async Task<IResult> GetAsync(string tx, ChainNode node, CancellationToken cancellationToken)
    {
        var (block, index, missing) = await FindAsync(node, tx, cancellationToken);
        if (block is not null)
        {
            return TypedResults.Ok(Describe(block.Block.Transactions[index], "confirmed", null) with
            {
                ConfirmedAt = block.Header.Time,
                BlockHeight = block.Header.Height,
                BlockHash = block.Header.Hash().ToString(),
                TransactionIndex = index,
            });
        }

        if (!Digest.TryParse(tx, out var id))
        {
            return missing!;
        }

        return node.FindPending(id) switch
        {
            ({ IsDurable: true } pending, _) => TypedResults.Ok(Describe(pending.Transaction, "pending", pending.SubmittedAt)),
            (_, { } dropped) => TypedResults.Ok(new TransactionView(tx, tx, "dropped", null, null, null, null, "0", null, null, null, null, null, Naming.Snake(dropped))),
            _ => missing!,
        };
    }

    private static TransactionView Describe(Transaction transaction, string status, DateTimeOffset? submittedAt)
    {
        using var data = JsonDocument.Parse(transaction.Data.ToJson());
        var id = transaction.Id.ToString();
        return new TransactionView(
            id, id, status, transaction.Data.Type, transaction.Sender.ToString(), data.RootElement.Clone(), transaction.Signature.ToString(), "0",
            submittedAt, null, null, null, null, null);
    }

    private static async Task<IResult> ProofAsync(string tx, ChainNode node, CancellationToken cancellationToken)
    {
        var (block, index, missing) = await FindAsync(node, tx, cancellationToken);
        if (block is null)
        {
            return missing!;
        }

        var proof = TransactionProof.From(block.Block, index, block.Commit);
        return TypedResults.Ok(new TransactionProofView(
            Convert.ToBase64String(proof.Transaction.SignedBytes.Span),
            index,
            block.Header.TransactionCount,
            Views.Hex(proof.Inclusion.Path),
            Convert.ToBase64String(block.Header.Encode()),
            block.Block.Signature.ToString(),
            Convert.ToBase64String(block.Commit.Encode())));
    }
}
