namespace Lucid.Evidence;

/// <summary>Follows a receipt from genesis to the anchor. Pure; every listed signature must verify, not only a quorum.</summary>
public static class ReceiptVerifier
{
    /// <summary>
    /// 1. genesis document against the pinned hash · 2. each change of keys in chain order, under the keys in force
    /// before it · 3. anchor block, inclusion, transaction and its sender · 4. anchor in the transaction or its batch ·
    /// 5. owner signature · 6. later head and witnesses · 7. known heads.
    /// </summary>
    /// <exception cref="EvidenceException">The first thing that does not hold.</exception>
    public static ReceiptFindings Verify(Receipt receipt, VerificationOptions options)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(options);
        var genesis = receipt.Genesis;
        if (options.PinnedGenesisHash is { } pinned && pinned != genesis.Hash)
        {
            throw new EvidenceException(EvidenceFault.GenesisMismatch, $"The receipt belongs to the chain of genesis {genesis.Hash}, not to the trusted one {pinned}.");
        }

        var walk = new AuthorityWalk(receipt);
        var authority = walk.AuthorityAt(receipt.Proof.Block.Header);
        receipt.Proof.Check(genesis, authority);
        CheckAnchor(receipt, authority);
        CheckHead(receipt, walk);
        walk.RequireFinished();
        var known = KnownHeadCheck.Compare(receipt, options);
        var (vouchedBy, cannotShow) = Vouching.Describe(receipt, authority, options);
        return new ReceiptFindings(receipt, authority, options.PinnedGenesisHash is not null, vouchedBy, cannotShow, known.Agreeing, known.NotComparable);
    }

    /// <summary>Every point of the chain a receipt shows.</summary>
    public static IEnumerable<TreeHead> Points(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        var headers = receipt.AuthorityChain.Select(s => s.Block.Header).Append(receipt.Proof.Block.Header);
        if (receipt.Head is not null)
        {
            headers = headers.Append(receipt.Head.Block.Header);
        }

        yield return new TreeHead(receipt.Genesis.NetworkId, 0, receipt.Genesis.Hash, MerkleHash.EmptyRoot);
        foreach (var header in headers)
        {
            yield return TreeHead.Of(header);
        }
    }

    private static void CheckAnchor(Receipt receipt, AuthoritySet authority)
    {
        if (!authority.AnchoringKeys.Contains(receipt.Proof.Transaction.Sender))
        {
            throw new EvidenceException(EvidenceFault.TransactionSignature, "The anchor was sent by a key that may not anchor at that height.");
        }

        var entry = receipt.Anchor.ToJson();
        var carried = (receipt.Proof.Transaction.Data, receipt.Batch) switch
        {
            (SessionAnchorData single, null) => single.Entry.ToJson().AsSpan().SequenceEqual(entry),
            (SessionAnchorBatchData batch, { } proof) => proof.LeafIndex < batch.SessionIds.Length
                && batch.SessionIds[(int)proof.LeafIndex] == receipt.Anchor.Record.SessionId
                && MerkleProof.VerifyInclusion(MerkleHash.Leaf(entry), proof.LeafIndex, batch.SessionIds.Length, proof.Path, batch.BatchRoot),
            _ => false,
        };
        if (!carried)
        {
            throw new EvidenceException(EvidenceFault.InclusionInvalid, "The transaction does not carry this anchor.");
        }

        if (!receipt.Anchor.VerifyOwnerSignature())
        {
            throw new EvidenceException(EvidenceFault.AnchorSignature, "The owner's signature under the anchor does not verify.");
        }
    }

    private static void CheckHead(Receipt receipt, AuthorityWalk walk)
    {
        var block = receipt.Proof.Block.Header;
        if (receipt.Head is not { } head)
        {
            return;
        }

        var later = head.Block.Header;
        if (later.Height <= block.Height)
        {
            throw new EvidenceException(EvidenceFault.ConsistencyInvalid, "The later head is not later than the anchor's block.");
        }

        head.Block.Check(receipt.Genesis, walk.AuthorityAt(later));
        if (!MerkleProof.VerifyInclusion(MerkleHash.Leaf(block.Hash().Span), block.Height, later.Height, head.InclusionPath, later.HistoryRoot)
            || !MerkleProof.VerifyConsistency(block.Height, later.Height, block.HistoryRoot, later.HistoryRoot, head.ConsistencyPath))
        {
            throw new EvidenceException(EvidenceFault.ConsistencyInvalid, "The later head does not contain the anchor's block and its history.");
        }
    }
}
