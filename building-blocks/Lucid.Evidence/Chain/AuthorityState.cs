using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>
/// The authority set in force and the one that follows. A change made in epoch E is in force from epoch E+1; several
/// changes of one epoch build on each other. Immutable.
/// </summary>
/// <param name="Active">In force until <paramref name="PendingFromEpoch"/>.</param>
/// <param name="Pending">In force from then on; null when nothing is pending.</param>
/// <param name="PendingFromEpoch">First epoch of <paramref name="Pending"/>.</param>
public sealed record AuthorityState(AuthoritySet Active, AuthoritySet? Pending = null, long PendingFromEpoch = 0)
{
    public static AuthorityState Initial(Genesis genesis)
    {
        ArgumentNullException.ThrowIfNull(genesis);
        return new AuthorityState(genesis.Authority);
    }

    /// <summary>The set in force in an epoch.</summary>
    public AuthoritySet At(long epoch) => Pending is not null && epoch >= PendingFromEpoch ? Pending : Active;

    /// <summary>The state after a block of <paramref name="epoch"/> carried a change.</summary>
    /// <exception cref="EvidenceException">Not the next change, not enough approvals, a bad approval or an impossible set.</exception>
    public AuthorityState Apply(GovernanceData change, long epoch, Genesis genesis)
    {
        ArgumentNullException.ThrowIfNull(change);
        ArgumentNullException.ThrowIfNull(genesis);
        var active = At(epoch);
        var latest = Pending is not null && PendingFromEpoch > epoch ? Pending : active;
        if (change.Sequence != latest.Sequence + 1)
        {
            throw Refuse($"it is number {change.Sequence}, the next change is number {latest.Sequence + 1}");
        }

        var next = change switch
        {
            ValidatorSetData set => WithValidators(active, latest, set, genesis),
            KeyRotationData rotation => WithKeys(latest, rotation),
            _ => throw Refuse("it changes no keys"),
        };
        CheckApprovals(change, active, genesis.NetworkId);
        next = next with { Sequence = change.Sequence };
        next.Check();
        return new AuthorityState(active, next, epoch + 1);
    }

    private static AuthoritySet WithValidators(AuthoritySet active, AuthoritySet latest, ValidatorSetData change, Genesis genesis)
    {
        var enough = change.Validators.Length >= genesis.Limits.ParticipantsMin;
        if (!active.IsBootstrap)
        {
            // Below four members no set tolerates an outage, so the rule of thirds would only freeze it.
            var before = active.Validators.Select(v => v.Key).ToHashSet();
            var kept = change.Validators.Count(v => before.Contains(v.Key));
            if (!enough || (before.Count >= 4 && (3 * (before.Count - kept) >= before.Count || 3 * (change.Validators.Length - kept) >= change.Validators.Length)))
            {
                throw Refuse("it leaves too few validators, or replaces a third of them or more in one epoch");
            }
        }

        return latest with { Validators = change.Validators, IsBootstrap = latest.IsBootstrap && !enough };
    }

    private static AuthoritySet WithKeys(AuthoritySet latest, KeyRotationData change) => change.Role switch
    {
        KeyRole.Authority => latest with { AuthorityKeys = [.. Rotate(latest.AuthorityKeys, change.Add, change.Remove)] },
        KeyRole.Governance => latest with { Governance = latest.Governance with { Keys = [.. Rotate(latest.Governance.Keys, change.Add, change.Remove)] } },
        KeyRole.Anchoring => latest with { AnchoringKeys = [.. Rotate(latest.AnchoringKeys, change.Add, change.Remove)] },
        KeyRole.TallyIssuer => Rotate([latest.TallyIssuerKey], change.Add, change.Remove) is [var only]
            ? latest with { TallyIssuerKey = only }
            : throw Refuse("there is exactly one tally issuer"),
        _ => latest with
        {
            ManifestKeys = [.. Rotate(latest.ManifestKeys, change.AddManifestKeys, [.. change.RemoveKids.Select(kid => latest.ManifestKey(kid) ?? throw Refuse("it removes a key that is not there"))])],
        },
    };

    private static List<T> Rotate<T>(ImmutableArray<T> keys, ImmutableArray<T> add, ImmutableArray<T> remove)
    {
        var result = keys.ToList();
        if (add.Length + remove.Length == 0 || remove.Any(key => !result.Remove(key)) || add.Any(result.Contains))
        {
            throw Refuse("it changes nothing, removes a key that is not there or adds one that is");
        }

        result.AddRange(add);
        return result;
    }

    private static void CheckApprovals(GovernanceData change, AuthoritySet active, Digest networkId)
    {
        var needed = change is ValidatorSetData ? active.Governance.ValidatorSetThreshold : active.Governance.KeyRotationThreshold;
        var message = change.ApprovalBytes(networkId);
        var seen = new HashSet<Ed25519PublicKey>();
        foreach (var approval in change.Approvals)
        {
            if (!seen.Add(approval.Key) || !active.Governance.Keys.Contains(approval.Key) || !approval.Key.Verify(message, approval.Signature))
            {
                throw Refuse("an approval is repeated, not by a governance key, or its signature does not verify");
            }
        }

        if (seen.Count < needed)
        {
            throw Refuse($"it has {seen.Count} of {needed} approvals");
        }
    }

    private static EvidenceException Refuse(string why) => new(EvidenceFault.AuthorityInvalid, $"The change of keys or validators is refused: {why}.");
}
