namespace Lucid.Evidence;

/// <summary>A member of the validator set: a registered node and its block-signing key.</summary>
/// <param name="NodeId">1–128 characters; the entity of work tallies.</param>
/// <param name="Key">Its <see cref="Ed25519PublicKey.Id"/> is the validator_id.</param>
public sealed record Validator(string NodeId, Ed25519PublicKey Key)
{
    internal static Validator Read(JsonFields f) => new(f.Text("node_id", 1, 128), f.PublicKey("public_key"));

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Member("node_id", NodeId);
        w.Member("public_key", Key.ToString());
        w.EndObject();
    }
}
