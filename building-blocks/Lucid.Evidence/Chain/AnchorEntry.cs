namespace Lucid.Evidence;

/// <summary>An anchor record with, if the owner signed it, the owner's key and signature; otherwise the platform vouches.</summary>
public sealed record AnchorEntry(AnchorRecord Record, Ed25519PublicKey? SignerKey = null, Signature64? OwnerSignature = null)
{
    public bool IsSignedByOwner => SignerKey is not null;

    /// <summary>True without an owner signature, or with one that verifies.</summary>
    public bool VerifyOwnerSignature() =>
        (SignerKey, OwnerSignature) switch
        {
            (null, null) => true,
            ({ } key, { } signature) => key.Verify(Record.SignedBytes(), signature),
            _ => false,
        };

    /// <summary>Canonical JSON: data of a session_anchor transaction, and leaf input of a batch tree.</summary>
    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(Write);

    public static AnchorEntry Parse(ReadOnlyMemory<byte> canonicalJson) => JsonFields.ReadDocument(canonicalJson, "anchor", Read);

    internal static AnchorEntry Read(JsonFields f) => new(f.Object("record", AnchorRecord.Read), f.OptionalPublicKey("signer_key"), f.OptionalSignature("owner_signature"));

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.OptionalMember("owner_signature", OwnerSignature?.ToString());
        w.Name("record");
        Record.Write(w);
        w.OptionalMember("signer_key", SignerKey?.ToString());
        w.EndObject();
    }
}
