using System.Text.Json;

namespace Lucid.Contracts.Sessions;

/// <summary>A session as its pipeline shows it; authoritative for one session. Times RFC 3339 UTC.</summary>
public sealed record SessionView
{
    public required string SessionId { get; init; }
    public required string UserId { get; init; }
    public required string Name { get; init; }
    public string? Description { get; init; }

    /// <summary>One of <see cref="SessionStates"/>.</summary>
    public required string State { get; init; }

    /// <summary>One of <see cref="AnchorStates"/>.</summary>
    public required string AnchorStatus { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? StoppedAt { get; init; }
    public DateTimeOffset? CompletedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public string? EndReason { get; init; }

    /// <summary>Fencing token of the recorder; rises when a recorder is replaced.</summary>
    public int Epoch { get; init; }

    public required RecordingConfig RecordingConfig { get; init; }
    public required StorageConfig StorageConfig { get; init; }
    public SessionMetadata Metadata { get; init; } = new();
    public required string Custody { get; init; }
    public string? ConsentId { get; init; }
    public string? PolicyHash { get; init; }
    public int ChunkCount { get; init; }

    /// <summary>Encrypted bytes committed so far.</summary>
    public long SizeBytes { get; init; }

    public long FrameCount { get; init; }
    public long DurationMs { get; init; }
    public string? ManifestHash { get; init; }
    public int? ManifestVersion { get; init; }
    public string? MerkleRoot { get; init; }
    public string? TransactionId { get; init; }
    public long? BlockHeight { get; init; }
    public string? BlockHash { get; init; }
    public SessionFailure? Failure { get; init; }

    /// <summary>The manifest names chunks that are missing.</summary>
    public bool Incomplete { get; init; }

    /// <summary>ETag of the session; a PUT presents it in <c>If-Match</c>.</summary>
    public long Version { get; init; }
}

public sealed record SessionFailure(string Stage, string Code, string Message, DateTimeOffset At, int? ChunkIndex);

/// <param name="FrameRate">1–60 frames per second.</param>
/// <param name="Resolution"><c>WxH</c>, 320×240 to 3840×2160, even numbers.</param>
/// <param name="Quality">low, medium, high or ultra.</param>
/// <param name="BitrateKbps">100–50,000.</param>
public sealed record RecordingConfig(
    int FrameRate = 30, string Resolution = "1920x1080", string Quality = "high", int BitrateKbps = 2000,
    bool AudioEnabled = false, bool CursorEnabled = true);

/// <param name="RetentionDays">1–365.</param>
/// <param name="MaxSizeBytes">1 MiB–100 GiB of encrypted bytes.</param>
/// <param name="ChunkSizeBytes">1–10 MiB, the whole encrypted file.</param>
public sealed record StorageConfig(int RetentionDays = 30, long MaxSizeBytes = 10L << 30, int ChunkSizeBytes = 10 << 20);

/// <param name="Project">At most 100 characters.</param>
/// <param name="Environment">At most 50.</param>
/// <param name="Tags">At most 10 of at most 50 characters.</param>
/// <param name="Priority">low, normal, high or critical.</param>
public sealed record SessionMetadata(
    string? Project = null, string? Environment = null, IReadOnlyList<string>? Tags = null, string Priority = "normal");

/// <summary>A recipient of the data key: a public JWK (P-256 or X25519) and its RFC 7638 thumbprint.</summary>
public sealed record KeyRecipient(string Kid, JsonElement Jwk);
