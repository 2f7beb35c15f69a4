namespace Lucid.Contracts.Sessions;

/// <summary>Answer of session-storage to a stored chunk; the bytes are durable.</summary>
public sealed record StoredChunk(string SessionId, int Index, string FileSha256, int CipherLength, string ChunkHash);

/// <summary>What session-storage holds of a session, read from the chunk headers.</summary>
public sealed record ChunkCatalogue(string SessionId, IReadOnlyList<StoredChunk> Chunks);

/// <param name="CapacityBytes">Of the volume's file system.</param>
public sealed record StorageStatus(long CapacityBytes, long UsedBytes, long AvailableBytes, long SessionCount, long ChunkCount, string HealthStatus);
