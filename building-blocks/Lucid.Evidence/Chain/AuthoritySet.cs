using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Lucid.Evidence;

/// <summary>
/// Every key that means something at one height. Its hash is <c>validator_set_hash</c> of the header, so that whoever
/// presents a header cannot leave out a change of any key, a withdrawn manifest key included.
/// </summary>
/// <param name="Sequence">Number of changes since genesis.</param>
/// <param name="IsBootstrap">The authority keys produce and finalise, because too few node validators are admitted.</param>
/// <param name="AuthorityKeys">Genesis authorities.</param>
/// <param name="Validators">Admitted node validators.</param>
/// <param name="Governance">Keys and thresholds for changes.</param>
/// <param name="TallyIssuerKey">Signs work tallies.</param>
/// <param name="AnchoringKeys">May send session_anchor transactions.</param>
/// <param name="ManifestKeys">ES256 keys whose manifests are accepted.</param>
public sealed record AuthoritySet(
    long Sequence,
    bool IsBootstrap,
    ImmutableArray<Ed25519PublicKey> AuthorityKeys,
    ImmutableArray<Validator> Validators,
    Governance Governance,
    Ed25519PublicKey TallyIssuerKey,
    ImmutableArray<Ed25519PublicKey> AnchoringKeys,
    ImmutableArray<ManifestKey> ManifestKeys)
{
    // Every block names its set, so a chain asks for one hash very often. Beside the record, not in it: a copy made by "with" is another set.
    private static readonly ConditionalWeakTable<AuthoritySet, object> Hashes = [];

    public const int MaxValidators = 100;

    public const int MaxKeys = 100;

    /// <summary>The keys with one vote each: authorities in bootstrap mode, node validators afterwards.</summary>
    public ImmutableArray<Ed25519PublicKey> Voters => IsBootstrap ? AuthorityKeys : [.. Validators.Select(v => v.Key)];

    /// <summary>⌊2n/3⌋ + 1 of all voters.</summary>
    public int Quorum => QuorumOf(Voters.Length);

    public static int QuorumOf(int voters) => (2 * voters / 3) + 1;

    /// <summary>The voter with this id (SHA-256 of its key).</summary>
    public Ed25519PublicKey? Voter(Digest validatorId)
    {
        foreach (var key in Voters)
        {
            if (key.Id == validatorId)
            {
                return key;
            }
        }

        return null;
    }

    public ManifestKey? ManifestKey(string kid) => ManifestKeys.FirstOrDefault(k => k.Kid == kid);

    /// <summary>Canonical JSON; keys sorted by id, manifest keys by kid, so that the order of additions does not matter.</summary>
    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(w =>
    {
        w.StartObject();
        w.Array("anchoring_keys", Sorted(AnchoringKeys), WriteKey);
        w.Array("authority_keys", Sorted(AuthorityKeys), WriteKey);
        w.Name("governance");
        (Governance with { Keys = [.. Sorted(Governance.Keys)] }).Write(w);
        w.Array("manifest_keys", ManifestKeys.OrderBy(k => k.Kid, StringComparer.Ordinal), static (w, key) => w.CanonicalValue(key.Jwk.Span));
        w.Member("mode", IsBootstrap ? "bootstrap" : "poot");
        w.Member("sequence", Sequence);
        w.Member("tally_issuer_key", TallyIssuerKey.ToString());
        w.Array("validators", Validators.OrderBy(v => v.Key.Id.ToString(), StringComparer.Ordinal), static (w, v) => v.Write(w));
        w.EndObject();
    });

    /// <summary>validator_set_hash: SHA-256("lucid/valset/v1" ‖ 0x00 ‖ canonical JSON).</summary>
    public Digest Hash() => (Digest)Hashes.GetValue(this, static set => DomainTag.Hash(DomainTag.ValidatorSet, set.ToJson()));

    /// <exception cref="EvidenceException">A key twice in one role, or a role without keys.</exception>
    internal void Check()
    {
        Require(AuthorityKeys.Length is > 0 and <= MaxKeys && Distinct(AuthorityKeys), "authority keys");
        Require(Governance.Keys.Length <= MaxKeys && Governance.Keys.Length >= Governance.HighestThreshold && Distinct(Governance.Keys), "governance keys");
        Require(AnchoringKeys.Length is > 0 and <= MaxKeys && Distinct(AnchoringKeys), "anchoring keys");
        Require(ManifestKeys.Length is > 0 and <= MaxKeys && ManifestKeys.Distinct().Count() == ManifestKeys.Length, "manifest keys");
        Require(Validators.Length <= MaxValidators && Distinct(Validators.Select(v => v.Key)), "validator keys");
        Require(Validators.Select(v => v.NodeId).Distinct(StringComparer.Ordinal).Count() == Validators.Length, "node ids of validators");
    }

    private static bool Distinct(IEnumerable<Ed25519PublicKey> keys)
    {
        var seen = new HashSet<Ed25519PublicKey>();
        return keys.All(seen.Add);
    }

    private static IEnumerable<Ed25519PublicKey> Sorted(IEnumerable<Ed25519PublicKey> keys) => keys.OrderBy(k => k.Id.ToString(), StringComparer.Ordinal);

    private static void WriteKey(CanonicalJsonWriter w, Ed25519PublicKey key) => w.Value(key.ToString());

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new EvidenceException(EvidenceFault.AuthorityInvalid, $"The {what} are too few, too many or not distinct.");
        }
    }
}
