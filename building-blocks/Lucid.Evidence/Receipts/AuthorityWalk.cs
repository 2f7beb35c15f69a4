namespace Lucid.Evidence;

/// <summary>
/// Applies the authority chain of a receipt step by step, each under the keys in force before it, and answers which keys
/// are in force at a header. Headers must be asked for in ascending order.
/// </summary>
internal sealed class AuthorityWalk(Receipt receipt)
{
    private AuthorityState state = AuthorityState.Initial(receipt.Genesis);
    private int next;
    private (long Height, long LeafIndex, long Slot) last = (0, -1, 0);
    private Digest lastHash = receipt.Genesis.Hash;

    public AuthoritySet AuthorityAt(BlockHeader header)
    {
        while (next < receipt.AuthorityChain.Length && receipt.AuthorityChain[next].Block.Header.Height < header.Height)
        {
            Apply(receipt.AuthorityChain[next++]);
        }

        RequireOrder(header, long.MaxValue);
        last = (header.Height, header.Height == last.Height ? last.LeafIndex : -1, header.Slot);
        lastHash = header.Hash();
        return state.At(Epoch(header));
    }

    /// <summary>Changes after everything the receipt shows would go unchecked, so there may be none.</summary>
    public void RequireFinished()
    {
        if (next != receipt.AuthorityChain.Length)
        {
            throw new EvidenceException(EvidenceFault.ReceiptInvalid, "The receipt lists changes of keys that are not before its blocks.");
        }

        // Witnesses confirm a tree head; only a later head has one that covers the anchor's block.
        if (receipt.Witnesses.IsDefaultOrEmpty)
        {
            return;
        }

        var head = receipt.Head?.Block.Header ?? throw new EvidenceException(EvidenceFault.WitnessInvalid, "There are cosignatures but no later head they could be for.");
        if (receipt.Witnesses.Select(w => w.Key).Distinct().Count() != receipt.Witnesses.Length
            || receipt.Witnesses.Any(w => !w.Verify(head.NetworkId, head.Height, head.HistoryRoot)))
        {
            throw new EvidenceException(EvidenceFault.WitnessInvalid, "A witness is named twice, or its cosignature does not verify.");
        }
    }

    private void Apply(TransactionProof step)
    {
        var header = step.Block.Header;
        RequireOrder(header, step.Inclusion.LeafIndex);
        var authority = state.At(Epoch(header));
        step.Check(receipt.Genesis, authority);
        if (step.Transaction.Data is not GovernanceData change || !authority.Governance.Keys.Contains(step.Transaction.Sender))
        {
            throw new EvidenceException(EvidenceFault.AuthorityInvalid, "A step of the authority chain is no change of keys sent by a governance key.");
        }

        state = state.Apply(change, Epoch(header), receipt.Genesis);
        last = (header.Height, step.Inclusion.LeafIndex, header.Slot);
        lastHash = header.Hash();
    }

    private void RequireOrder(BlockHeader header, long leafIndex)
    {
        var inOrder = header.Height > last.Height
            ? header.Slot > last.Slot
            : header.Height == last.Height && header.Hash() == lastHash && leafIndex > last.LeafIndex;
        if (!inOrder)
        {
            throw new EvidenceException(EvidenceFault.ReceiptInvalid, "The blocks of the receipt are not in chain order, or two differ at one height.");
        }
    }

    private long Epoch(BlockHeader header) => receipt.Genesis.EpochOf((ulong)header.Slot);
}
