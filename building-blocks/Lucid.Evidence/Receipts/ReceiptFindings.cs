namespace Lucid.Evidence;

/// <summary>What a receipt that holds together proves.</summary>
/// <param name="Receipt">The receipt.</param>
/// <param name="Authority">Keys in force at the anchor's block.</param>
/// <param name="IsPinned">It leads to the pinned genesis hash.</param>
/// <param name="VouchedBy">Who vouches, as a phrase.</param>
/// <param name="CannotShow">What that cannot show, as a sentence.</param>
/// <param name="KnownHeadsAgreeing">Known heads that were compared and agree.</param>
/// <param name="KnownHeadsNotComparable">Known heads without a common point or proof.</param>
public sealed record ReceiptFindings(
    Receipt Receipt,
    AuthoritySet Authority,
    bool IsPinned,
    string VouchedBy,
    string CannotShow,
    int KnownHeadsAgreeing,
    int KnownHeadsNotComparable)
{
    public BlockHeader Block => Receipt.Proof.Block.Header;

    /// <summary>"owner" or "platform".</summary>
    public string SignedBy => Receipt.Anchor.IsSignedByOwner ? "owner" : "platform";
}
