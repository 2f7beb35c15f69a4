using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>Keys that approve changes and how many of them each kind of change needs.</summary>
public sealed record Governance(ImmutableArray<Ed25519PublicKey> Keys, int ParameterThreshold, int ValidatorSetThreshold, int KeyRotationThreshold, int ConsensusThreshold)
{
    public int HighestThreshold => Math.Max(Math.Max(ParameterThreshold, ValidatorSetThreshold), Math.Max(KeyRotationThreshold, ConsensusThreshold));

    internal static Governance Read(JsonFields f)
    {
        var keys = f.PublicKeys("keys", 1, AuthoritySet.MaxKeys);
        return f.Object("thresholds", t => new Governance([.. keys], Threshold(t, "parameter"), Threshold(t, "validator_set"), Threshold(t, "key_rotation"), Threshold(t, "consensus")));

        int Threshold(JsonFields t, string name) => t.Int32(name, 1, keys.Length);
    }

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Array("keys", Keys, static (w, key) => w.Value(key.ToString()));
        w.Name("thresholds");
        w.StartObject();
        w.Member("consensus", ConsensusThreshold);
        w.Member("key_rotation", KeyRotationThreshold);
        w.Member("parameter", ParameterThreshold);
        w.Member("validator_set", ValidatorSetThreshold);
        w.EndObject();
        w.EndObject();
    }
}
