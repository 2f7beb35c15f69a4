using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>keys.json: the public key of the manifest and the data key wrapped for each recipient.</summary>
public sealed record BundleKeys(Guid SessionId, Guid DekId, ManifestKey ManifestKey, ImmutableArray<KeyEnvelope> Envelopes)
{
    public static BundleKeys Parse(ReadOnlyMemory<byte> canonicalJson) => JsonFields.ReadDocument(canonicalJson, "keys", static f =>
    {
        f.Version(1);
        return new BundleKeys(
            f.Guid("session_id"),
            f.Guid("dek_id"),
            ManifestKey.Read(f.Element("manifest_key")),
            [.. f.Objects("envelopes", 0, 64, KeyEnvelope.Read)]);
    });

    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(w =>
    {
        w.StartObject();
        w.Member("dek_id", DekId);
        w.Array("envelopes", Envelopes, static (w, envelope) => envelope.Write(w));
        w.Name("manifest_key");
        w.CanonicalValue(ManifestKey.Jwk.Span);
        w.Member("session_id", SessionId);
        w.Member("v", 1);
        w.EndObject();
    });

    /// <exception cref="EvidenceException">These are not the keys the manifest names.</exception>
    internal void Check(Manifest manifest)
    {
        var listed = manifest.Crypto.Recipients.Select(r => (r.Kid, r.Alg));
        if (SessionId != manifest.SessionId || DekId != manifest.Crypto.DekId || ManifestKey.Kid != manifest.Signature?.Kid
            || !Envelopes.Select(e => (e.Kid, e.Alg)).SequenceEqual(listed))
        {
            throw new EvidenceException(EvidenceFault.KeysInvalid, "keys.json names another session, data key, manifest key or other recipients than the manifest.");
        }
    }
}
