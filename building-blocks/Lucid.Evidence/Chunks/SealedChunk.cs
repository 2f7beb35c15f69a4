namespace Lucid.Evidence;

/// <summary>What is known of a chunk once it is sealed; everything a ledger and a manifest need.</summary>
/// <param name="Index">Position in the recording.</param>
/// <param name="PlainLength">Bytes before compression.</param>
/// <param name="PayloadLength">Bytes before encryption (equal to the plain length without compression).</param>
/// <param name="CipherLength">Bytes of the LCK1 file.</param>
/// <param name="FileSha256">SHA-256 of the LCK1 file.</param>
/// <param name="ChunkHash">See <see cref="Evidence.ChunkHash"/>: the leaf input of the session tree.</param>
/// <param name="Compression">Whether zstd was kept.</param>
public sealed record SealedChunk(long Index, long PlainLength, long PayloadLength, long CipherLength, Digest FileSha256, Digest ChunkHash, ChunkCompression Compression);
