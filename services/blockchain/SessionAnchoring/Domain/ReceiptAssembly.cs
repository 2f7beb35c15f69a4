using System.Text.Json;
using System.Text.Json.Nodes;
using Lucid.Evidence;

namespace Lucid.SessionAnchoring.Domain;

/// <summary>Makes the receipt of an anchoring from the engine's evidence, and believes nothing of it that does not verify.</summary>
internal static class ReceiptAssembly
{
    /// <exception cref="EvidenceException">The first thing that does not hold.</exception>
    public static Receipt Assemble(JsonElement evidence, Anchoring anchoring, Digest genesisHash)
    {
        var members = JsonObject.Create(evidence) ?? throw new EvidenceException(EvidenceFault.ReceiptInvalid, "The evidence is no JSON object.");
        members["anchor"] = JsonNode.Parse(anchoring.ReadEntry().ToJson());
        var receipt = Receipt.Parse(CanonicalJson.Canonicalize(JsonSerializer.SerializeToUtf8Bytes(members)));
        if (!anchoring.TransactionIds.Contains(receipt.Proof.Transaction.Id.ToString()))
        {
            throw new EvidenceException(EvidenceFault.ReceiptInvalid, "The evidence is for another transaction.");
        }

        ReceiptVerifier.Verify(receipt, new VerificationOptions { PinnedGenesisHash = genesisHash });
        return receipt;
    }
}
