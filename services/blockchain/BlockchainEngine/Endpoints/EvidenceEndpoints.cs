using System.Text.Json;
using Lucid.BlockchainEngine.Domain;
using Lucid.Contracts.Access;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Endpoints;

/// <summary>For the anchoring service: everything of a receipt above the anchor itself.</summary>
public static class EvidenceEndpoints
{
    public static void MapEvidence(this IEndpointRouteBuilder routes) =>
        routes.MapGroup("").WithTags("Evidence").MapGet(Routes.Engine.TransactionEvidence, GetAsync)
            .WithName("GetEvidence").Produces<JsonElement>().WithSummary("Receipt members above a final transaction; head=true adds the newest head");

    private static async Task<IResult> GetAsync(string tx, ChainNode node, CancellationToken cancellationToken, bool head = false)
    {
        var (block, index, missing) = await TransactionEndpoints.FindAsync(node, tx, cancellationToken);
        if (block is null)
        {
            return missing!;
        }

        var later = head && node.State.Head is { } newest && newest.Header.Height > block.Header.Height ? newest : null;
        var changes = new List<TransactionProof>();
        foreach (var place in node.State.ChangesBefore((later ?? block).Header.Height))
        {
            var changed = await node.ReadBlockAsync(place.Height, cancellationToken) ?? throw new ChainDamageException($"Block {place.Height} cannot be read.");
            changes.Add(TransactionProof.From(changed.Block, place.Index, changed.Commit));
        }

        return TypedResults.Ok(ReceiptFrame.Of(node.Genesis, TransactionProof.From(block.Block, index, block.Commit), changes, later is null ? null : HeadOf(node.State, block, later)));
    }

    private static LaterHead HeadOf(ChainState state, FinalBlock block, FinalBlock later)
    {
        var (height, size) = (block.Header.Height, later.Header.Height);
        return new LaterHead(
            new CommittedHeader(later.Header, later.Block.Signature, later.Commit), [.. state.InclusionPath(height, size)], [.. state.ConsistencyPath(height, size)]);
    }
}
