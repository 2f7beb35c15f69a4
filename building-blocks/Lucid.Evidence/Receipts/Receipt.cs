using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>
/// Receipt v1: everything a stand-alone verifier needs to follow a recording's anchor up to a genesis hash. Canonical
/// JSON; <c>receipt.json</c> of a bundle.
/// </summary>
/// <param name="Genesis">The genesis document, whole.</param>
/// <param name="Anchor">The anchor of the recording.</param>
/// <param name="Proof">The transaction that carries the anchor or its batch, its inclusion, header and commit.</param>
/// <param name="Batch">Inclusion of the anchor in the batch tree; null when the transaction carries the anchor itself.</param>
/// <param name="AuthorityChain">Every change of keys or validators since genesis, in chain order.</param>
/// <param name="Head">A later head, if there is one.</param>
/// <param name="Witnesses">Cosignatures of the tree head of <paramref name="Head"/>.</param>
public sealed record Receipt(
    Genesis Genesis,
    AnchorEntry Anchor,
    TransactionProof Proof,
    InclusionProof? Batch,
    ImmutableArray<TransactionProof> AuthorityChain,
    LaterHead? Head = null,
    ImmutableArray<WitnessCosignature> Witnesses = default)
{
    /// <summary>Receipts larger than this are refused.</summary>
    public const int MaxLength = 16 * 1024 * 1024;

    private const int MaxAuthorityChain = 10_000;

    /// <exception cref="EvidenceException">Not a canonical receipt of version 1.</exception>
    public static Receipt Parse(ReadOnlyMemory<byte> canonicalJson)
    {
        if (canonicalJson.Length > MaxLength)
        {
            throw new EvidenceException(EvidenceFault.ReceiptInvalid, "The receipt is larger than 16 MiB.");
        }

        return JsonFields.ReadDocument(canonicalJson, "receipt", static f =>
        {
            f.Version(1);
            var genesis = Genesis.Read(f.Element("genesis"));
            if (f.Digest("genesis_hash") != genesis.Hash || f.Digest("network_id") != genesis.NetworkId)
            {
                throw new EvidenceException(EvidenceFault.GenesisInvalid, "genesis_hash or network_id do not follow from the genesis document.");
            }

            return new Receipt(
                genesis,
                f.Object("anchor", AnchorEntry.Read),
                f.Object("proof", TransactionProof.Read),
                f.OptionalObject("batch", InclusionProof.Read),
                [.. f.Array("authority_chain", 0, MaxAuthorityChain, TransactionProof.Read)],
                f.OptionalObject("head", LaterHead.Read),
                [.. f.Objects("witnesses", 0, 100, WitnessCosignature.Read)]);
        });
    }

    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(w =>
    {
        w.StartObject();
        w.Name("anchor");
        Anchor.Write(w);
        w.Array("authority_chain", AuthorityChain.IsDefault ? [] : AuthorityChain, static (w, step) => step.Write(w));
        if (Batch is not null)
        {
            w.Name("batch");
            Batch.Write(w);
        }

        w.Name("genesis");
        w.CanonicalValue(Genesis.Json.Span);
        w.Member("genesis_hash", Genesis.Hash);
        if (Head is not null)
        {
            w.Name("head");
            Head.Write(w);
        }

        w.Member("network_id", Genesis.NetworkId);
        w.Name("proof");
        Proof.Write(w);
        w.Member("v", 1);
        w.Array("witnesses", Witnesses.IsDefault ? [] : Witnesses, static (w, witness) => witness.Write(w));
        w.EndObject();
    });
}
