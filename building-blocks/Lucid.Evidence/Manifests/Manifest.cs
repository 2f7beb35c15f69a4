using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>
/// The signed description of one recording, canonical JSON, media type <see cref="MediaType"/>. Its hash goes on chain.
/// Build one with a default <see cref="Signature"/> and pass it to <see cref="ManifestSigner.Sign"/>.
/// </summary>
/// <param name="ManifestId">UUIDv7 of this document.</param>
/// <param name="ManifestVersion">From 1.</param>
/// <param name="PreviousManifestHash">manifest_hash of the version before; absent in version 1.</param>
/// <param name="SessionId">The recording.</param>
/// <param name="OwnerId">User id of the owner, 1–128 characters.</param>
/// <param name="NodeId">Node that recorded, 1–128 characters.</param>
/// <param name="ServerId">RDP server, 1–128 characters.</param>
/// <param name="CreatedAt">When this document was made.</param>
/// <param name="Session">Times, pauses and gaps.</param>
/// <param name="Capture">How it was captured.</param>
/// <param name="Policy">Frozen policy; absent without one.</param>
/// <param name="Consents">Consents in force, up to 64.</param>
/// <param name="Crypto">Suite, custody and recipients.</param>
/// <param name="Chunks">Stored chunks in index order, 1 to 1,048,576.</param>
/// <param name="Missing">Indices without a stored chunk, ascending; with the chunks they fill 0…highest.</param>
/// <param name="AuditHead">Head of the session's hash-chained audit log; absent without one.</param>
/// <param name="Merkle">Root over the chunk hashes.</param>
/// <param name="Signature">ES256; absent while unsigned.</param>
public sealed record Manifest(
    Guid ManifestId,
    int ManifestVersion,
    Digest? PreviousManifestHash,
    Guid SessionId,
    string OwnerId,
    string NodeId,
    string ServerId,
    DateTimeOffset CreatedAt,
    ManifestSession Session,
    ManifestCapture Capture,
    ManifestPolicy? Policy,
    ImmutableArray<ManifestConsent> Consents,
    ManifestCrypto Crypto,
    ImmutableArray<ManifestChunk> Chunks,
    ImmutableArray<long> Missing,
    Digest? AuditHead,
    ManifestMerkle Merkle,
    ManifestSignature? Signature = null)
{
    public const string MediaType = "application/vnd.lucid.manifest+json;version=1";

    /// <summary>Σ cipher_len, the total_size of the anchor.</summary>
    public long TotalCipherBytes => Chunks.Sum(c => c.CipherLength);

    /// <summary>Something is missing or was cut off.</summary>
    public bool Incomplete => !Missing.IsEmpty || Chunks.Any(c => c.IsTruncated);

    /// <summary>Computes <see cref="Merkle"/> from chunks that are in index order.</summary>
    public static ManifestMerkle MerkleOf(IReadOnlyCollection<ManifestChunk> chunks)
    {
        ArgumentNullException.ThrowIfNull(chunks);
        return new ManifestMerkle(SessionTree.Root(chunks.Select(c => c.ChunkHash)), chunks.Count, MerkleHash.Height(chunks.Count));
    }

    /// <summary>Strict parse: canonical spelling, every field, every rule between fields, the root recomputed.</summary>
    /// <exception cref="EvidenceException">Anything else.</exception>
    public static Manifest Parse(ReadOnlyMemory<byte> canonicalJson) => ManifestCodec.Parse(canonicalJson);

    /// <summary>The whole canonical document, signature included when there is one.</summary>
    public byte[] ToJson() => ManifestCodec.Write(this, withSignature: true);

    /// <summary>"lucid/manifest/v1" ‖ 0x00 ‖ canonical JSON without signature: what is hashed and what is signed.</summary>
    public byte[] SignedBytes() => DomainTag.Prefix(DomainTag.Manifest, ManifestCodec.Write(this, withSignature: false));

    /// <summary>manifest_hash.</summary>
    public Digest Hash() => Digest.Of(SignedBytes());

    /// <summary>True if the signature is by this key.</summary>
    public bool Verify(ManifestKey key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Signature is { } s && s.Kid == key.Kid && key.Verify(SignedBytes(), s.Value);
    }
}
