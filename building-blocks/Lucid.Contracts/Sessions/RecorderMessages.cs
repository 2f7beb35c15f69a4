namespace Lucid.Contracts.Sessions;

/// <summary>pipeline → recorder: accept fragments of a session. Idempotent for the same epoch; a lower one is 409 <c>stale_epoch</c>.</summary>
/// <param name="IngestTokenSha256">Hex; the recorder compares the hash of what a source presents.</param>
/// <param name="ChunkSizeBytes">Largest LCK1 file.</param>
/// <param name="MaxSizeBytes">Largest sum of encrypted bytes.</param>
/// <param name="NextIndex">Index of the next chunk to seal.</param>
public sealed record StartRecording(
    string SessionId, string OwnerId, int Epoch, string IngestTokenSha256, int ChunkSizeBytes, long MaxSizeBytes, int NextIndex);

/// <param name="Status">recording, paused or ended.</param>
/// <param name="BytesSpooled">Plain bytes accepted.</param>
public sealed record RecordingStatus(string SessionId, int Epoch, string Status, int Run, long Offset, long BytesSpooled, int ChunksSealed, long DurationMs);

/// <summary>Where the next fragment group belongs; also the answer to an accepted one and the <c>details</c> of a refused one.</summary>
/// <param name="Offset">Plain bytes of this run that are durable.</param>
public sealed record IngestPosition(int Epoch, int Run, long Offset, string Status);
