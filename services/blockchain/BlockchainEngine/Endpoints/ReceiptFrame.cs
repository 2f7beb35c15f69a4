using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lucid.Contracts.Chain;
using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Endpoints;

/// <summary>
/// A receipt without its anchor: whoever sent the transaction adds <c>anchor</c> (and <c>batch</c>) and has a receipt. The writer of
/// receipts makes the members, so that their format is written down in one place.
/// </summary>
internal static class ReceiptFrame
{
    private static readonly AnchorEntry Blank =
        new(new AnchorRecord(Guid.Empty, default, default, default, null, 1, 0, DateTimeOffset.UnixEpoch, null, null));

    public static TransactionEvidence Of(Genesis genesis, TransactionProof proof, IEnumerable<TransactionProof> changes, LaterHead? head)
    {
        var members = JsonNode.Parse(new Receipt(genesis, Blank, proof, null, [.. changes], head, ImmutableArray<WitnessCosignature>.Empty).ToJson())!.AsObject();
        members.Remove("anchor");
        return new TransactionEvidence(JsonSerializer.SerializeToElement(members));
    }
}
