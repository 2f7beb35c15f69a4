using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>
/// A later committed header with two proofs into its history tree (tree size = its height): the receipt's block is leaf
/// number <c>height</c>, and the history the receipt's block names is a prefix.
/// </summary>
public sealed record LaterHead(CommittedHeader Block, ImmutableArray<Digest> InclusionPath, ImmutableArray<Digest> ConsistencyPath)
{
    /// <summary>Canonical JSON, the <c>head</c> of a receipt; also how services hand it on.</summary>
    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(Write);

    public static LaterHead Parse(ReadOnlyMemory<byte> canonicalJson) => JsonFields.ReadDocument(canonicalJson, "head", Read);

    internal static LaterHead Read(JsonFields f) => new(f.Object("block", CommittedHeader.Read), [.. f.Path("inclusion", 64)], [.. f.Path("consistency", 128)]);

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Name("block");
        Block.Write(w);
        w.Path("consistency", ConsistencyPath);
        w.Path("inclusion", InclusionPath);
        w.EndObject();
    }
}
