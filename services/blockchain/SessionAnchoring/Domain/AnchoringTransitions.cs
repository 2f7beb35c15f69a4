using System.Collections.Frozen;
using static Lucid.SessionAnchoring.Domain.AnchoringStatus;

namespace Lucid.SessionAnchoring.Domain;

/// <summary>The life-cycle of 02 §12 as a table: what is not here does not happen.</summary>
internal static class AnchoringTransitions
{
    private static readonly FrozenDictionary<(AnchoringStatus, AnchoringTrigger), AnchoringStatus> Table =
        new Dictionary<(AnchoringStatus, AnchoringTrigger), AnchoringStatus>
        {
            [(Pending, AnchoringTrigger.Claimed)] = Processing,
            [(Pending, AnchoringTrigger.Refused)] = Failed,
            [(Pending, AnchoringTrigger.Aged)] = Expired,
            [(Processing, AnchoringTrigger.Confirmed)] = Confirmed,
            [(Processing, AnchoringTrigger.Refused)] = Failed,
            [(Processing, AnchoringTrigger.Aged)] = Expired,
            [(Failed, AnchoringTrigger.Aged)] = Expired,
            [(Failed, AnchoringTrigger.Retried)] = Pending,
            [(Expired, AnchoringTrigger.Retried)] = Pending,

            // Its transaction appeared on the chain after all.
            [(Pending, AnchoringTrigger.Confirmed)] = Confirmed,
            [(Failed, AnchoringTrigger.Confirmed)] = Confirmed,
            [(Expired, AnchoringTrigger.Confirmed)] = Confirmed,
        }.ToFrozenDictionary();

    /// <summary>Null: refused.</summary>
    public static AnchoringStatus? Next(AnchoringStatus from, AnchoringTrigger trigger) =>
        Table.TryGetValue((from, trigger), out var to) ? to : null;
}
