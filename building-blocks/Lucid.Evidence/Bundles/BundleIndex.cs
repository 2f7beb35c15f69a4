using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>index.json: {entries:[{length,path,sha256}],v}, every entry after itself in order of the archive.</summary>
public sealed record BundleIndex(ImmutableArray<BundleIndexEntry> Entries)
{
    private const int MaxEntries = (int)SessionTree.MaxLeaves + 4;

    public static BundleIndex Parse(ReadOnlyMemory<byte> canonicalJson) => JsonFields.ReadDocument(canonicalJson, "index", static f =>
    {
        f.Version(1);
        return new BundleIndex([.. f.Objects("entries", 1, MaxEntries, static e =>
            new BundleIndexEntry(e.Text("path", 1, 64), e.Integer("length", 0, BundleLayout.MaxDocumentLength), e.Digest("sha256")))]);
    });

    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(w =>
    {
        w.StartObject();
        w.Array("entries", Entries, static (w, e) =>
        {
            w.StartObject();
            w.Member("length", e.Length);
            w.Member("path", e.Path);
            w.Member("sha256", e.Sha256);
            w.EndObject();
        });
        w.Member("v", 1);
        w.EndObject();
    });
}

/// <summary>Path, length and SHA-256 of one entry.</summary>
public sealed record BundleIndexEntry(string Path, long Length, Digest Sha256);
