using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>Whether a block with its commit may follow the head: the whole of 02 §10 but the local clock.</summary>
internal static class BlockCheck
{
    /// <exception cref="EvidenceException">The first thing that does not hold.</exception>
    public static void Check(FinalBlock final, ChainState state)
    {
        var block = final.Block;
        var header = block.Header;
        var parent = state.Head.Header;
        var authority = state.AuthorityAtSlot(header.Slot);
        BlockRules.CheckBlock(block, parent, state.Genesis, authority, state.AuthorityAtSlot(parent.Slot));
        Require(Schedule.RankOf(authority, header.Slot, header.Producer) == header.ProducerRank, "its producer has another rank in its slot");
        Require(header.HistoryRoot == state.HistoryRoot(header.Height), "its history root is not that of the blocks before it");
        Require(header.WorkTallyRoot == Digest.Zero, "it names a tally of work and none is in force");
        var draft = new ChainDraft(state, header.Slot, header.TimestampMs);
        foreach (var transaction in block.Transactions)
        {
            var refusal = draft.CheckTime(transaction);
            refusal = refusal == TransactionRefusal.None ? draft.Add(transaction) : refusal;
            Require(refusal == TransactionRefusal.None, $"transaction {transaction.Id} breaks a rule ({refusal})");
            Require(HasOwnerSignature(transaction), $"the owner's signature in transaction {transaction.Id} does not verify");
        }

        final.Commit.Check(header, authority);
    }

    /// <summary>True without an owner's signature, or with one that verifies.</summary>
    public static bool HasOwnerSignature(Transaction transaction) => transaction.Data is not SessionAnchorData single || single.Entry.VerifyOwnerSignature();

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new EvidenceException(EvidenceFault.BlockInvalid, $"The block is refused: {otherwise}.");
        }
    }
}
