namespace Lucid.Evidence;

/// <summary>
/// The parts of block validation that need no state but the genesis document, the parent and the authority set.
/// The engine adds schedule, work tally, history and duplicate checks.
/// </summary>
public static class BlockRules
{
    /// <summary>Network, slot and time, authority set, producer and its signature.</summary>
    /// <exception cref="EvidenceException">Naming what does not hold.</exception>
    public static void CheckHeader(BlockHeader header, Signature64 signature, Genesis genesis, AuthoritySet authority)
    {
        ArgumentNullException.ThrowIfNull(header);
        ArgumentNullException.ThrowIfNull(genesis);
        ArgumentNullException.ThrowIfNull(authority);
        Require(header.NetworkId == genesis.NetworkId, "it belongs to another network");
        Require(header.Height > 0, "block 0 follows from the genesis document and is never presented");
        Require(header.Slot <= long.MaxValue / 1000 / genesis.SlotSeconds / 2, "its slot is out of range");
        var start = genesis.SlotStartMs((ulong)header.Slot);
        Require(header.TimestampMs >= start && header.TimestampMs < start + (genesis.SlotSeconds * 1000L), "its time is outside its slot");
        Require(header.TransactionCount <= genesis.Limits.TransactionsPerBlock && header.BodySize <= genesis.Limits.BlockSizeBytes, "it is larger than the limits of the chain");
        if (header.ValidatorSetHash != authority.Hash())
        {
            throw new EvidenceException(EvidenceFault.AuthorityInvalid, $"Block {header.Height} names another set of keys and validators than the changes lead to.");
        }

        if (authority.Voter(header.Producer) is not { } producer || !producer.Verify(header.BytesToSign(), signature))
        {
            throw new EvidenceException(EvidenceFault.BlockSignature, $"The signature of block {header.Height} is not by a producer of that time.");
        }
    }

    /// <summary>Size, link to the parent, embedded commit, transactions and their signatures, Merkle root.</summary>
    /// <param name="block">The block.</param>
    /// <param name="parent">Header of the finalised parent.</param>
    /// <param name="genesis">Of the chain.</param>
    /// <param name="authority">In force at the block's slot.</param>
    /// <param name="parentAuthority">In force at the parent's slot.</param>
    /// <param name="parentCommit">A commit of the parent whose signatures the caller verifies; when the embedded one is the same, they are not verified twice.</param>
    /// <exception cref="EvidenceException">Naming what does not hold.</exception>
    public static void CheckBlock(Block block, BlockHeader parent, Genesis genesis, AuthoritySet authority, AuthoritySet parentAuthority, Commit? parentCommit = null)
    {
        ArgumentNullException.ThrowIfNull(block);
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(genesis);
        var header = block.Header;
        Require(block.EncodedSize <= genesis.Limits.BlockSizeBytes, "it is larger than the limit");
        Require(header.Height == parent.Height + 1 && header.PreviousHash == parent.Hash(), "it does not follow its parent");
        Require(header.Slot > parent.Slot && header.TimestampMs > parent.TimestampMs, "its slot or time is not after its parent's");
        CheckHeader(header, block.Signature, genesis, authority);
        CheckLastCommit(block, parent, parentAuthority, parentCommit);
        Require(header.BodySize == Block.BodySizeOf(block.Transactions) && header.TransactionCount == block.Transactions.Length, "size or count of its body is wrong");
        Require(block.Transactions.Select(t => t.Id).Distinct().Count() == block.Transactions.Length, "a transaction stands in it twice");
        foreach (var transaction in block.Transactions)
        {
            CheckTransaction(transaction, genesis);
        }

        Require(header.MerkleRoot == Block.MerkleRootOf(block.Transactions), "its Merkle root is wrong");
    }

    /// <summary>Network, type and signature of a transaction.</summary>
    public static void CheckTransaction(Transaction transaction, Genesis genesis)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        ArgumentNullException.ThrowIfNull(genesis);
        if (transaction.NetworkId != genesis.NetworkId || transaction.Data is GenesisData)
        {
            throw new EvidenceException(EvidenceFault.TransactionInvalid, "The transaction belongs to another network, or is a genesis transaction.");
        }

        if (!transaction.VerifySignature())
        {
            throw new EvidenceException(EvidenceFault.TransactionSignature, "The signature of the transaction does not verify.");
        }
    }

    private static void CheckLastCommit(Block block, BlockHeader parent, AuthoritySet parentAuthority, Commit? parentCommit)
    {
        Require(block.LastCommit is not null && block.Header.LastCommitHash == block.LastCommit.Hash(), "its embedded commit is not the one its header names");
        if (parent.Height > 0)
        {
            if (parentCommit is null || parentCommit.Hash() != block.Header.LastCommitHash)
            {
                block.LastCommit!.Check(parent, parentAuthority);
            }

            return;
        }

        // Genesis is final without votes: block 1 carries the empty commit for it.
        Require(block.LastCommit is { Height: 0, Slot: 0, Precommits.Length: 0 } empty && empty.BlockHash == parent.Hash(), "block 1 carries an empty commit for genesis");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new EvidenceException(EvidenceFault.BlockInvalid, $"The block is refused: {otherwise}.");
        }
    }
}
