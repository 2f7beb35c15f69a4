using Lucid.Contracts.Sessions;
using Lucid.Evidence;

namespace Lucid.SessionApi.Domain;

/// <summary>What somebody agreed to have recorded of them (03 §9).</summary>
public sealed record Consent(
    string ConsentId, string SubjectId, string? SessionId, string TermsVersion, string? PolicyHash, IReadOnlyList<string> Scopes,
    DateTimeOffset GrantedAt, DateTimeOffset ExpiresAt, DateTimeOffset? RevokedAt)
{
    public static readonly TimeSpan MaxLife = TimeSpan.FromDays(365);
    public static readonly TimeSpan DefaultLife = TimeSpan.FromDays(1);

    public static IReadOnlyList<string> KnownScopes { get; } =
        ["video", "audio", "window_focus", "clipboard_meta", "file_meta", "keystroke_meta", "keystroke_content"];

    /// <summary>SHA-256 over the canonical JSON of what was agreed; revocation does not change it.</summary>
    public string ReceiptHash => Digest.Of(CanonicalJson.Canonicalize(System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
        new { ConsentId, SubjectId, SessionId, TermsVersion, PolicyHash, Scopes, GrantedAt, ExpiresAt }, Lucid.Contracts.JsonDefaults.Tolerant))).ToString();

    public ConsentView ToView() =>
        new(ConsentId, SubjectId, SessionId, TermsVersion, PolicyHash, Scopes, GrantedAt, ExpiresAt, RevokedAt, ReceiptHash);

    /// <summary>Why this consent does not cover a recording, or null when it does.</summary>
    public string? Lacks(SessionView session, string subject, string? policyHash, DateTimeOffset now)
    {
        if (SubjectId != subject || (SessionId is not null && SessionId != session.SessionId))
        {
            return "The consent is of another person or for another session.";
        }

        if (RevokedAt is not null || ExpiresAt <= now)
        {
            return "The consent was revoked or has expired; grant a new one.";
        }

        if (PolicyHash != policyHash)
        {
            return "The consent was given to another policy.";
        }

        return !Scopes.Contains("video") || (session.RecordingConfig.AudioEnabled && !Scopes.Contains("audio"))
            ? "The consent does not cover everything that would be captured."
            : null;
    }
}
