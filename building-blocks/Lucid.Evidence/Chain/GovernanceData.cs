using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>
/// A change of keys or validators. It carries the number of the change (one more than the last) and approvals of
/// governance keys over "lucid/governance/v1" ‖ 0x00 ‖ network_id ‖ canonical JSON of the data without
/// <c>approvals</c>, so that an old approval can never be used again.
/// </summary>
public abstract record GovernanceData(long Sequence, string Reason, ImmutableArray<Approval> Approvals) : TransactionData(TypeSystem)
{
    public byte[] ApprovalBytes(Digest networkId) =>
        [.. DomainTag.Governance, .. networkId.Span, .. CanonicalJsonWriter.ToBytes(w => Write(w, withApprovals: false))];

    /// <summary>The approval of one governance key.</summary>
    public Approval Approve(Digest networkId, Ed25519Key key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return new Approval(key.PublicKey, key.Sign(ApprovalBytes(networkId)));
    }

    internal static Approval ReadApproval(JsonFields f) => new(f.PublicKey("key"), f.Signature("signature"));

    internal override void Write(CanonicalJsonWriter w) => Write(w, withApprovals: true);

    protected private void WriteApprovals(CanonicalJsonWriter w, bool withApprovals)
    {
        if (withApprovals)
        {
            w.Array("approvals", Approvals, static (w, a) =>
            {
                w.StartObject();
                w.Member("key", a.Key.ToString());
                w.Member("signature", a.Signature.Span);
                w.EndObject();
            });
        }
    }

    protected private abstract void Write(CanonicalJsonWriter w, bool withApprovals);
}

/// <summary>A governance key's signature under a change.</summary>
public sealed record Approval(Ed25519PublicKey Key, Signature64 Signature);

/// <summary>The whole new set of node validators, in force from the next epoch.</summary>
public sealed record ValidatorSetData(ImmutableArray<Validator> Validators, long Sequence, string Reason, ImmutableArray<Approval> Approvals)
    : GovernanceData(Sequence, Reason, Approvals)
{
    internal static ValidatorSetData Read(JsonFields f)
    {
        f.Constant("subtype", SubtypeValidatorSet);
        return new ValidatorSetData(
            [.. f.Objects("validators", 0, AuthoritySet.MaxValidators, Validator.Read)],
            f.Integer("sequence", 1, CanonicalJson.MaxInteger),
            f.Text("reason", 1, 1000),
            [.. f.Objects("approvals", 0, AuthoritySet.MaxKeys, ReadApproval)]);
    }

    protected private override void Write(CanonicalJsonWriter w, bool withApprovals)
    {
        w.StartObject();
        WriteApprovals(w, withApprovals);
        w.Member("reason", Reason);
        w.Member("sequence", Sequence);
        w.Member("subtype", SubtypeValidatorSet);
        w.Array("validators", Validators, static (w, v) => v.Write(w));
        w.EndObject();
    }
}

/// <summary>
/// Keys of one role are added and removed, in force from the next epoch. Role <c>manifest</c> carries JWKs in
/// <see cref="AddManifestKeys"/> and key ids in <see cref="RemoveKids"/>, every other role Ed25519 keys.
/// </summary>
public sealed record KeyRotationData(
    KeyRole Role,
    ImmutableArray<Ed25519PublicKey> Add,
    ImmutableArray<Ed25519PublicKey> Remove,
    ImmutableArray<ManifestKey> AddManifestKeys,
    ImmutableArray<string> RemoveKids,
    long Sequence,
    string Reason,
    ImmutableArray<Approval> Approvals)
    : GovernanceData(Sequence, Reason, Approvals)
{
    internal static KeyRotationData Read(JsonFields f)
    {
        f.Constant("subtype", SubtypeKeyRotation);
        var roleText = f.Text("role", 1, 16);
        var role = KeyRoles.Parse(roleText) ?? throw f.Refuse("role", "is not known");
        var isManifest = role == KeyRole.Manifest;
        return new KeyRotationData(
            role,
            isManifest ? [] : [.. f.PublicKeys("add", 0, AuthoritySet.MaxKeys)],
            isManifest ? [] : [.. f.PublicKeys("remove", 0, AuthoritySet.MaxKeys)],
            isManifest ? [.. f.Array("add", 0, AuthoritySet.MaxKeys, ManifestKey.Read)] : [],
            isManifest ? [.. f.Array("remove", 0, AuthoritySet.MaxKeys, item => f.StringItem("remove", item))] : [],
            f.Integer("sequence", 1, CanonicalJson.MaxInteger),
            f.Text("reason", 1, 1000),
            [.. f.Objects("approvals", 0, AuthoritySet.MaxKeys, ReadApproval)]);
    }

    protected private override void Write(CanonicalJsonWriter w, bool withApprovals)
    {
        w.StartObject();
        if (Role == KeyRole.Manifest)
        {
            w.Array("add", AddManifestKeys, static (w, key) => w.CanonicalValue(key.Jwk.Span));
        }
        else
        {
            w.Array("add", Add, static (w, key) => w.Value(key.ToString()));
        }

        WriteApprovals(w, withApprovals);
        w.Member("reason", Reason);
        w.Array("remove", Role == KeyRole.Manifest ? RemoveKids : Remove.Select(k => k.ToString()), static (w, key) => w.Value(key));
        w.Member("role", KeyRoles.Name(Role));
        w.Member("sequence", Sequence);
        w.Member("subtype", SubtypeKeyRotation);
        w.EndObject();
    }
}
