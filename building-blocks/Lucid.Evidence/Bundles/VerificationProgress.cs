namespace Lucid.Evidence;

/// <summary>How far long work over a bundle has come; bytes are those of the encrypted chunks.</summary>
public readonly record struct VerificationProgress(long BytesDone, long BytesTotal, int ChunksDone, int ChunksTotal);
