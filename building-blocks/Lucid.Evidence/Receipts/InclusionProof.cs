using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>Position of a leaf and its siblings from the leaf up; the size of the tree is known from elsewhere.</summary>
public sealed record InclusionProof(long LeafIndex, ImmutableArray<Digest> Path)
{
    internal static InclusionProof Read(JsonFields f) => new(f.Integer("leaf_index", 0, CanonicalJson.MaxInteger), [.. f.Path("path", 64)]);

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Member("leaf_index", LeafIndex);
        w.Path("path", Path);
        w.EndObject();
    }
}
