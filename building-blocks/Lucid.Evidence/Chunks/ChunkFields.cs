namespace Lucid.Evidence;

/// <summary>What the caller of the sealer decides about a chunk.</summary>
/// <param name="SessionId">The recording.</param>
/// <param name="Index">Position in the recording, from 0.</param>
/// <param name="Stream">What the payload is.</param>
/// <param name="KeyId">dek_id of the data key.</param>
/// <param name="IsLast">Known to be the last chunk of the session.</param>
/// <param name="IsTruncated">The payload ends early because the capture did.</param>
/// <param name="TryZstd">Try zstd level 3; it is kept if at least 5 % smaller, for payloads of 1 KiB and more.</param>
public sealed record ChunkFields(Guid SessionId, long Index, ChunkStream Stream, Guid KeyId, bool IsLast = false, bool IsTruncated = false, bool TryZstd = false);
