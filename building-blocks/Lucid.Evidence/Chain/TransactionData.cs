using System.Collections.Immutable;
using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>The typed <c>data</c> of a transaction; <see cref="Type"/> is the transaction's type.</summary>
public abstract record TransactionData(string Type)
{
    public const string TypeSessionAnchor = "session_anchor";

    public const string TypeDataStorage = "data_storage";

    public const string TypeConsensusVote = "consensus_vote";

    public const string TypeSystem = "system";

    public const string SubtypeGenesis = "genesis";

    public const string SubtypeValidatorSet = "validator_set";

    public const string SubtypeKeyRotation = "key_rotation";

    public const string SubtypeWorkTally = "work_tally";

    public const string SubtypeParameterChange = "param_change";

    public const string SubtypeEvidence = "evidence";

    /// <summary>Canonical JSON of the data object.</summary>
    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(Write);

    internal static TransactionData Read(string type, JsonElement data)
    {
        var fields = new JsonFields(data, "data");
        switch (type)
        {
            case TypeSessionAnchor when fields.Has("record"):
                return JsonFields.ReadObject(data, "data", static f => new SessionAnchorData(AnchorEntry.Read(f)));
            case TypeSessionAnchor:
                return JsonFields.ReadObject(data, "data", SessionAnchorBatchData.Read);
            case TypeDataStorage:
            case TypeConsensusVote:
                return new OtherData(type, null, CanonicalJson.Canonicalize(data));
            case TypeSystem:
                var subtype = fields.Text("subtype", 1, 32);
                return subtype switch
                {
                    SubtypeGenesis => JsonFields.ReadObject(data, "data", GenesisData.Read),
                    SubtypeValidatorSet => JsonFields.ReadObject(data, "data", ValidatorSetData.Read),
                    SubtypeKeyRotation => JsonFields.ReadObject(data, "data", KeyRotationData.Read),
                    SubtypeWorkTally or SubtypeParameterChange or SubtypeEvidence => new OtherData(type, subtype, CanonicalJson.Canonicalize(data)),
                    _ => throw fields.Refuse("subtype", "is not an accepted kind of system transaction"),
                };
            default:
                throw new EvidenceException(EvidenceFault.TransactionInvalid, "The transaction type is not accepted on this chain.");
        }
    }

    internal abstract void Write(CanonicalJsonWriter w);
}

/// <summary>One recording is anchored.</summary>
public sealed record SessionAnchorData(AnchorEntry Entry) : TransactionData(TypeSessionAnchor)
{
    internal override void Write(CanonicalJsonWriter w) => Entry.Write(w);
}

/// <summary>
/// Several recordings are anchored: root of the RFC 6962 tree whose leaf inputs are the canonical
/// <see cref="AnchorEntry"/> objects, and their sessions in leaf order (1 to 1,000).
/// </summary>
public sealed record SessionAnchorBatchData(Digest BatchRoot, ImmutableArray<Guid> SessionIds) : TransactionData(TypeSessionAnchor)
{
    public const int MaxEntries = 1000;

    internal static SessionAnchorBatchData Read(JsonFields f)
    {
        var ids = f.Array("session_ids", 1, MaxEntries, item => Guid.TryParseExact(f.StringItem("session_ids", item), "D", out var id) && id.ToString("D") == item.GetString()
            ? id
            : throw f.Refuse("session_ids", "holds something that is not a lower-case UUID"));
        return ids.Distinct().Count() == ids.Length ? new(f.Digest("batch_root"), [.. ids]) : throw f.Refuse("session_ids", "names a session twice");
    }

    internal override void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Member("batch_root", BatchRoot);
        w.Array("session_ids", SessionIds, static (w, id) => w.Value(id.ToString("D")));
        w.EndObject();
    }
}

/// <summary>The only transaction of block 0.</summary>
public sealed record GenesisData(Genesis Document) : TransactionData(TypeSystem)
{
    internal static GenesisData Read(JsonFields f)
    {
        f.Constant("subtype", SubtypeGenesis);
        return new GenesisData(Genesis.Read(f.Element("document")));
    }

    internal override void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Name("document");
        w.CanonicalValue(Document.Json.Span);
        w.Member("subtype", SubtypeGenesis);
        w.EndObject();
    }
}

/// <summary>A type whose rules are the engine's; carried as a validated canonical object, subtype included.</summary>
public sealed record OtherData(string Kind, string? Subtype, ReadOnlyMemory<byte> Json) : TransactionData(Kind)
{
    internal override void Write(CanonicalJsonWriter w) => w.CanonicalValue(CanonicalJson.Canonicalize(Json));
}
