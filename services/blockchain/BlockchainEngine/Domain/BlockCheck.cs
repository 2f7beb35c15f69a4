using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>
/// Whether a block with its commit may follow another: the whole of 02 §10 but the local clock, in two halves. The first costs nearly all of
/// the time and needs only keys that are settled, so blocks in a row may be checked at once; the second needs the chain up to the parent.
/// </summary>
internal static class BlockCheck
{
    /// <summary>Form, link, roots and every signature.</summary>
    /// <param name="final">The block.</param>
    /// <param name="parent">The block before it, whose commit is checked with it or was before.</param>
    /// <param name="state">Knows the keys in force at both; no block between its head and <paramref name="final"/> changes them.</param>
    /// <exception cref="EvidenceException">The first thing that does not hold.</exception>
    public static void CheckAlone(FinalBlock final, FinalBlock parent, ChainState state)
    {
        var authority = state.AuthorityAtSlot(final.Header.Slot);
        BlockRules.CheckBlock(final.Block, parent.Header, state.Genesis, authority, state.AuthorityAtSlot(parent.Header.Slot), parent.Commit);
        foreach (var transaction in final.Block.Transactions)
        {
            Require(HasOwnerSignature(transaction), $"the owner's signature in transaction {transaction.Id} does not verify");
        }

        final.Commit.Check(final.Header, authority);
    }

    /// <summary>Turn, history and what transactions may do after those before them; to be asked when the parent is the head.</summary>
    /// <exception cref="EvidenceException">The first thing that does not hold.</exception>
    public static void CheckAgainst(FinalBlock final, ChainState state)
    {
        var header = final.Header;
        Require(Schedule.RankOf(state.AuthorityAtSlot(header.Slot), header.Slot, header.Producer) == header.ProducerRank, "its producer has another rank in its slot");
        Require(header.HistoryRoot == state.HistoryRoot(header.Height), "its history root is not that of the blocks before it");
        Require(header.WorkTallyRoot == Digest.Zero, "it names a tally of work and none is in force");
        var draft = new ChainDraft(state, header.Slot, header.TimestampMs);
        foreach (var transaction in final.Block.Transactions)
        {
            var refusal = draft.CheckTime(transaction);
            refusal = refusal == TransactionRefusal.None ? draft.Add(transaction) : refusal;
            Require(refusal == TransactionRefusal.None, $"transaction {transaction.Id} breaks a rule ({refusal})");
        }
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
