using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>A transaction, its inclusion in a block, and that block's header with commit.</summary>
public sealed record TransactionProof(Transaction Transaction, InclusionProof Inclusion, CommittedHeader Block)
{
    /// <summary>The proof of a transaction of a block.</summary>
    public static TransactionProof From(Block block, int transactionIndex, Commit commit)
    {
        ArgumentNullException.ThrowIfNull(block);
        var tree = MerkleTree.FromLeafHashes(block.Transactions.Select(t => t.LeafHash));
        return new TransactionProof(
            block.Transactions[transactionIndex],
            new InclusionProof(transactionIndex, [.. tree.InclusionPath(transactionIndex)]),
            new CommittedHeader(block.Header, block.Signature, commit));
    }

    /// <summary>Checks block, inclusion and transaction under the set in force.</summary>
    /// <exception cref="EvidenceException">Naming what does not hold.</exception>
    public void Check(Genesis genesis, AuthoritySet authority)
    {
        Block.Check(genesis, authority);
        if (!MerkleProof.VerifyInclusion(Transaction.LeafHash, Inclusion.LeafIndex, Block.Header.TransactionCount, Inclusion.Path, Block.Header.MerkleRoot))
        {
            throw new EvidenceException(EvidenceFault.InclusionInvalid, $"The transaction is not in block {Block.Header.Height} at the place the receipt says.");
        }

        BlockRules.CheckTransaction(Transaction, genesis);
    }

    /// <summary>Canonical JSON, the <c>proof</c> of a receipt; also how services hand it on.</summary>
    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(Write);

    public static TransactionProof Parse(ReadOnlyMemory<byte> canonicalJson) => JsonFields.ReadDocument(canonicalJson, "proof", Read);

    internal static TransactionProof Read(JsonFields f) => new(
        Transaction.Parse(f.Bytes("transaction", 1, Transaction.MaxWorkTallySize)),
        f.Object("inclusion", InclusionProof.Read),
        f.Object("block", CommittedHeader.Read));

    internal static TransactionProof Read(JsonElement element) => JsonFields.ReadObject(element, "receipt.authority_chain[]", Read);

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Name("block");
        Block.Write(w);
        w.Name("inclusion");
        Inclusion.Write(w);
        w.Member("transaction", Transaction.SignedBytes.Span);
        w.EndObject();
    }
}
