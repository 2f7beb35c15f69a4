namespace Lucid.Evidence;

/// <summary>
/// What the chain keeps of a recording: commitments only. JSON members v, session_id, owner_ref, merkle_root,
/// manifest_hash, policy_hash?, hash_alg, chunk_count, total_size, created_at, started_at?, ended_at?.
/// </summary>
/// <param name="SessionId">The recording; anchored at most once per chain.</param>
/// <param name="OwnerRef">See <see cref="ComputeOwnerRef"/>.</param>
/// <param name="MerkleRoot">Root of the session tree.</param>
/// <param name="ManifestHash">manifest_hash.</param>
/// <param name="PolicyHash">SHA-256 of the canonical policy, if there was one.</param>
/// <param name="ChunkCount">1 to 1,048,576.</param>
/// <param name="TotalSize">Σ cipher_len, at most 100 GiB.</param>
/// <param name="CreatedAt">When the manifest was made.</param>
/// <param name="StartedAt">Start of the recording.</param>
/// <param name="EndedAt">End of the recording.</param>
public sealed record AnchorRecord(
    Guid SessionId,
    Digest OwnerRef,
    Digest MerkleRoot,
    Digest ManifestHash,
    Digest? PolicyHash,
    long ChunkCount,
    long TotalSize,
    DateTimeOffset CreatedAt,
    DateTimeOffset? StartedAt,
    DateTimeOffset? EndedAt)
{
    public const long MaxTotalSize = 100L << 30;

    /// <summary>The anchor of a manifest.</summary>
    public static AnchorRecord For(Manifest manifest, Digest ownerRef)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        return new AnchorRecord(
            manifest.SessionId,
            ownerRef,
            manifest.Merkle.Root,
            manifest.Hash(),
            manifest.Policy?.PolicyHash,
            manifest.Chunks.Length,
            manifest.TotalCipherBytes,
            manifest.CreatedAt,
            manifest.Session.StartedAt,
            manifest.Session.EndedAt);
    }

    /// <summary>SHA-256(32-byte random salt ‖ user id in UTF-8). Erasing the salt unlinks the person.</summary>
    public static Digest ComputeOwnerRef(ReadOnlySpan<byte> salt, string userId) => salt.Length == 32
        ? Digest.Of([.. salt, .. System.Text.Encoding.UTF8.GetBytes(userId)])
        : throw new EvidenceException(EvidenceFault.BinaryMalformed, "The salt of an owner reference has 32 bytes.");

    public byte[] ToJson() => CanonicalJsonWriter.ToBytes(Write);

    /// <summary>"lucid/anchor/v1" ‖ 0x00 ‖ canonical JSON: what an owner signs.</summary>
    public byte[] SignedBytes() => DomainTag.Prefix(DomainTag.Anchor, ToJson());

    internal static AnchorRecord Read(JsonFields f)
    {
        f.Version(1);
        f.Constant("hash_alg", MerkleHash.Algorithm);
        return new AnchorRecord(
            f.Guid("session_id"),
            f.Digest("owner_ref"),
            f.Digest("merkle_root"),
            f.Digest("manifest_hash"),
            f.OptionalDigest("policy_hash"),
            f.Integer("chunk_count", 1, SessionTree.MaxLeaves),
            f.Integer("total_size", 0, MaxTotalSize),
            f.Time("created_at"),
            f.OptionalTime("started_at"),
            f.OptionalTime("ended_at"));
    }

    internal void Write(CanonicalJsonWriter w)
    {
        w.StartObject();
        w.Member("chunk_count", ChunkCount);
        w.Member("created_at", CreatedAt);
        w.OptionalMember("ended_at", EndedAt);
        w.Member("hash_alg", MerkleHash.Algorithm);
        w.Member("manifest_hash", ManifestHash);
        w.Member("merkle_root", MerkleRoot);
        w.Member("owner_ref", OwnerRef);
        w.OptionalMember("policy_hash", PolicyHash);
        w.Member("session_id", SessionId);
        w.OptionalMember("started_at", StartedAt);
        w.Member("total_size", TotalSize);
        w.Member("v", 1);
        w.EndObject();
    }
}
