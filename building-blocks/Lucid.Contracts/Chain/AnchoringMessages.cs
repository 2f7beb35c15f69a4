using System.Text.Json;

namespace Lucid.Contracts.Chain;

/// <summary>POST /anchoring/session (02 §4.4): 202, or 200 when the identical request is repeated.</summary>
/// <param name="MerkleRoot">64 hex.</param>
public sealed record AnchorRequest(
    string SessionId, string OwnerId, string MerkleRoot, AnchorManifestData ManifestData, AnchorMetadata Metadata,
    string? UserSignature = null, string? SignerKey = null);

/// <param name="ChunkCount">1–1,000,000.</param>
/// <param name="TotalSize">Encrypted bytes, 0–107,374,182,400.</param>
public sealed record AnchorManifestData(
    int ChunkCount, long TotalSize, DateTimeOffset CreatedAt, DateTimeOffset? StartedAt, DateTimeOffset? EndedAt);

public sealed record AnchorMetadata(string ManifestHash, string? PolicyHash = null);

public sealed record AnchorAccepted(string AnchoringId, string Status, DateTimeOffset SubmittedAt, DateTimeOffset? EstimatedConfirmationTime);

/// <param name="Status">pending, processing, confirmed, failed or expired.</param>
public sealed record AnchorStatus(
    string SessionId, string AnchoringId, string Status, bool Anchored, DateTimeOffset SubmittedAt, DateTimeOffset? ConfirmedAt,
    string? BlockId, long? BlockHeight, string? TransactionId, string MerkleRoot, long? ConfirmationCount, string? Error);

/// <summary>POST /transactions. The bytes are the signed canonical transaction (formats: transaction), base64.</summary>
public sealed record SubmitTransaction(string Transaction);

public sealed record TransactionAccepted(string TxId, string Status, DateTimeOffset SubmittedAt, long? BlockHeight);

/// <summary>Everything above a confirmed transaction that a receipt carries; the members are those of the receipt format.</summary>
public sealed record TransactionEvidence(JsonElement Evidence);
