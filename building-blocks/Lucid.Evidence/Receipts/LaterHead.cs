using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>
/// A later committed header with two proofs into its history tree (tree size = its height): the receipt's block is leaf
/// number <c>height</c>, and the history the receipt's block names is a prefix.
/// </summary>
public sealed record LaterHead(CommittedHeader Block, ImmutableArray<Digest> InclusionPath, ImmutableArray<Digest> ConsistencyPath)
{
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
