namespace Lucid.Evidence;

/// <summary>Compares what was anchored with the manifest it is said to be the anchor of.</summary>
public static class AnchorMatch
{
    /// <exception cref="EvidenceException">Naming the first field that differs.</exception>
    public static void Check(Manifest manifest, AnchorRecord anchor)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(anchor);
        var expected = AnchorRecord.For(manifest, anchor.OwnerRef);
        Require(anchor.SessionId == expected.SessionId, "session_id");
        Require(anchor.MerkleRoot == expected.MerkleRoot, "merkle_root");
        Require(anchor.ManifestHash == expected.ManifestHash, "manifest_hash");
        Require(anchor.PolicyHash == expected.PolicyHash, "policy_hash");
        Require(anchor.ChunkCount == expected.ChunkCount, "chunk_count");
        Require(anchor.TotalSize == expected.TotalSize, "total_size");
        Require(Same(anchor.CreatedAt, expected.CreatedAt), "created_at");
        Require(anchor.StartedAt is null || Same(anchor.StartedAt.Value, manifest.Session.StartedAt), "started_at");
        Require(anchor.EndedAt is null || Same(anchor.EndedAt.Value, manifest.Session.EndedAt), "ended_at");
    }

    private static bool Same(DateTimeOffset left, DateTimeOffset right) => left.ToUnixTimeMilliseconds() == right.ToUnixTimeMilliseconds();

    private static void Require(bool equal, string field)
    {
        if (!equal)
        {
            throw new EvidenceException(EvidenceFault.AnchorMismatch, $"The anchored {field} is not that of the manifest.");
        }
    }
}
