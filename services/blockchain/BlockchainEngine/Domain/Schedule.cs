using Lucid.Evidence;

namespace Lucid.BlockchainEngine.Domain;

/// <summary>Who proposes in a slot: a pure function of the set in force and the slot number.</summary>
internal static class Schedule
{
    private const int MaxFallbacks = 3;

    /// <summary>
    /// 0 for the primary, 1–3 for fallbacks, null when it is not this voter's turn. Without a tally of work the order is round-robin
    /// by slot in the order of validator ids (02 §9.5, no candidate).
    /// </summary>
    public static byte? RankOf(AuthoritySet authority, long slot, Digest validatorId)
    {
        var order = authority.Voters.Select(key => key.Id.ToString()).Order(StringComparer.Ordinal).ToList();
        var place = order.IndexOf(validatorId.ToString());
        if (place < 0)
        {
            return null;
        }

        var rank = (place - (int)(slot % order.Count) + order.Count) % order.Count;
        return rank <= MaxFallbacks ? (byte)rank : null;
    }
}
