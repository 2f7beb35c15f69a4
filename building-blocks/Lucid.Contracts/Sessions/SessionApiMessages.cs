using System.Text.Json;

namespace Lucid.Contracts.Sessions;

/// <summary>POST /api/v1/sessions (03 §3.1). The owner comes from the token, never from the body.</summary>
/// <param name="KeyRecipients">At most 8 public JWKs; null: the owner's registered keys.</param>
/// <param name="Custody">owner or owner+platform; null: owner.</param>
public sealed record CreateSession(
    string Name,
    string? Description = null,
    string? RdpServerId = null,
    RecordingConfig? RecordingConfig = null,
    StorageConfig? StorageConfig = null,
    SessionMetadata? Metadata = null,
    IReadOnlyList<JsonElement>? KeyRecipients = null,
    string? Custody = null);

/// <summary>PUT /api/v1/sessions/{id}: null leaves a field as it is.</summary>
public sealed record UpdateSession(
    string? Name = null, string? Description = null, int? RetentionDays = null, SessionMetadata? Metadata = null, RecordingConfig? RecordingConfig = null);

/// <summary>POST /api/v1/sessions/{id}/start.</summary>
public sealed record StartSession(string ConsentId, string? PolicyHash = null);

public sealed record StopSession(string? Reason = null);

/// <summary>202 of start.</summary>
/// <param name="Ingest">For a capture source outside the platform's own desktops.</param>
public sealed record SessionStarted(string SessionId, string Status, IngestGrant? Ingest);

/// <summary>GET /api/v1/sessions.</summary>
public sealed record SessionList(IReadOnlyList<JsonElement> Sessions, Pagination Pagination, long LagMs);

/// <summary>POST /api/v1/consents (03 §9).</summary>
/// <param name="Scopes">video, audio, window_focus, clipboard_meta, file_meta, keystroke_meta, keystroke_content.</param>
public sealed record GrantConsent(IReadOnlyList<string> Scopes, string TermsVersion, string? SessionId = null, string? PolicyHash = null, int? ExpiresInSeconds = null);

/// <summary>A consent with its receipt.</summary>
/// <param name="ReceiptHash">SHA-256 of the canonical receipt, hex; it is sealed into the manifest.</param>
public sealed record ConsentView(
    string ConsentId, string SubjectId, string? SessionId, string TermsVersion, string? PolicyHash, IReadOnlyList<string> Scopes,
    DateTimeOffset GrantedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt, string ReceiptHash);
