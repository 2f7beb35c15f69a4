namespace Lucid.Contracts.Sessions;

/// <summary>session-api → pipeline: a new session, validated; 201 with a <see cref="SessionView"/>, 409 when the id exists.</summary>
public sealed record CreatePipeline(
    string SessionId,
    string OwnerId,
    string Name,
    string? Description,
    RecordingConfig RecordingConfig,
    StorageConfig StorageConfig,
    SessionMetadata Metadata,
    string Custody,
    IReadOnlyList<KeyRecipient> Recipients);

/// <summary>session-api → pipeline, PUT: fields to change; null leaves one as it is.</summary>
/// <param name="RecordingConfig">Only while <c>created</c>.</param>
public sealed record UpdatePipeline(
    string? Name, string? Description, int? RetentionDays, SessionMetadata? Metadata, RecordingConfig? RecordingConfig, long? IfVersion);

/// <summary>Body of a pipeline command (start, stop, pause, resume, cancel, retry, finalise-incomplete).</summary>
/// <param name="ConsentId">start only: the consent, already checked by the caller.</param>
/// <param name="PolicyHash">start only.</param>
/// <param name="Reason">At most 200 characters.</param>
public sealed record PipelineCommand(string? ConsentId = null, string? PolicyHash = null, ConsentReference? Consent = null, string? Reason = null);

/// <param name="ReceiptHash">SHA-256 of the signed consent receipt, hex.</param>
public sealed record ConsentReference(string ConsentId, string ReceiptHash);

/// <summary>Answer to start: where a capture source sends its fragments.</summary>
public sealed record PipelineCommandResult(SessionView Session, IngestGrant? Ingest);

/// <param name="Token">Presented in <see cref="LucidHeaders.IngestToken"/>; a secret of this session and epoch.</param>
public sealed record IngestGrant(int Epoch, string Token);

/// <summary>A refused transition: 409 with the triggers that would be possible in <c>details.allowed</c>.</summary>
public sealed record AllowedTriggers(string State, IReadOnlyList<string> Allowed);

/// <summary>recorder → pipeline: a sealed chunk lies in the spool. Idempotent for equal content; another content is 409 <c>chunk_conflict</c>, an old epoch 409 <c>stale_epoch</c>.</summary>
/// <param name="Stream">One of <see cref="ChunkStreams"/>.</param>
/// <param name="Run">Counts from 0; a run has one init segment.</param>
/// <param name="PlainSha256">Hex; kept only until the commit.</param>
/// <param name="StartMs">Milliseconds since the start of the recording.</param>
/// <param name="Final">The last chunk of the session.</param>
/// <param name="Video">With the chunk of an initialisation segment.</param>
public sealed record ChunkSealed(
    int Epoch, string Stream, int Run, int PlainLength, string PlainSha256, long StartMs, long EndMs, int Frames, bool Final, bool Truncated,
    VideoFormat? Video = null);

/// <summary>What an initialisation segment says of its run's pictures.</summary>
/// <param name="Codec">RFC 6381, for example <c>avc1.42C01F</c>.</param>
public sealed record VideoFormat(string Codec, int Width, int Height);

/// <summary>chunk-processor → pipeline: the chunk is stored. 200 again for the same content.</summary>
/// <param name="ChunkHash">Hex, 03 §4.2.</param>
/// <param name="CipherLength">Bytes of the LCK1 file.</param>
/// <param name="Compression">none or zstd.</param>
public sealed record ChunkCommit(int Epoch, string ChunkHash, string FileSha256, int CipherLength, string KeyId, string Compression);

/// <summary>chunk-processor → pipeline: a deterministic error; no retry can mend it.</summary>
public sealed record ChunkFailure(int Epoch, string Stage, string Code, string Message);

/// <summary>pipeline → chunk-processor, on request: the session's data key. Never logged, never stored by the receiver.</summary>
/// <param name="KeyId">16 bytes as a UUID.</param>
/// <param name="Key">32 bytes, base64.</param>
public sealed record DataKey(string KeyId, string Key, ChunkLedgerEntry Chunk);

/// <param name="Status">sealed, stored, failed or missing.</param>
public sealed record ChunkLedgerEntry(
    int Index, int Epoch, string Stream, int Run, string Status, int PlainLength, string? PlainSha256, long StartMs, long EndMs, int Frames,
    bool Final, bool Truncated, string? ChunkHash, string? FileSha256, int? CipherLength, string? Compression, VideoFormat? Video = null);

/// <param name="After">Index after which the page starts; -1 for the first.</param>
public sealed record ChunkPage(IReadOnlyList<ChunkLedgerEntry> Chunks, int? Next);

/// <summary>pipeline → recorder: where to go on after a crash.</summary>
public sealed record ResumePoint(string State, int Epoch, int NextIndex, IReadOnlyList<int> Uncommitted);

/// <summary>recorder → pipeline.</summary>
/// <param name="Kind">One of <see cref="RecordingReports"/>.</param>
/// <param name="ChunkCount">With <c>ended</c>: how many chunks the recording has, so that completion can wait for all of them.</param>
public sealed record RecordingReport(int Epoch, string Kind, long DurationMs, long Bytes, int? ChunkCount, string? Reason);

public static class RecordingReports
{
    public const string FirstFragment = "first_fragment";
    public const string Ended = "ended";
    public const string SizeExceeded = "size_exceeded";
    public const string StorageFull = "storage_full";
    public const string CaptureLost = "capture_lost";
}
