using System.Collections.Immutable;
using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>
/// Something a verifier keeps from before: an earlier receipt or a tree head. A chain that contradicts it is a second
/// history.
/// </summary>
/// <param name="NetworkId">Null when the source did not say.</param>
/// <param name="Heads">Points of the chain it vouches for; a null block hash is not compared.</param>
public sealed record KnownHead(Digest? NetworkId, ImmutableArray<KnownPoint> Heads)
{
    public static KnownHead From(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return new KnownHead(receipt.Genesis.NetworkId, [.. ReceiptVerifier.Points(receipt).Select(h => new KnownPoint(h.Height, h.BlockHash, h.HistoryRoot))]);
    }

    /// <summary>
    /// An earlier receipt, or a tree-head answer {tree_size, root_hash, network_id?, height?, block_hash?, …}; other
    /// members are ignored. An answer of the chain wrapped in nothing else is expected.
    /// </summary>
    /// <exception cref="EvidenceException">Neither of the two.</exception>
    public static KnownHead Parse(ReadOnlyMemory<byte> json)
    {
        var canonical = CanonicalJson.Canonicalize(json);
        using var document = JsonDocument.Parse(canonical);
        var f = new JsonFields(document.RootElement, "head");
        if (f.Has("genesis"))
        {
            return From(Receipt.Parse(canonical));
        }

        var treeSize = f.Integer("tree_size", 1, CanonicalJson.MaxInteger);
        if (f.Has("height") && f.Integer("height", 0, CanonicalJson.MaxInteger) != treeSize)
        {
            throw f.Refuse("height", "is not the tree size: a head covers the blocks before its own");
        }

        return new KnownHead(f.OptionalDigest("network_id"), [new KnownPoint(treeSize, f.OptionalDigest("block_hash"), f.Digest("root_hash"))]);
    }
}

/// <summary>A known block and the root over the blocks before it.</summary>
public sealed record KnownPoint(long Height, Digest? BlockHash, Digest HistoryRoot);
