using System.Buffers.Binary;

namespace Lucid.Evidence;

/// <summary>
/// chunk_hash = SHA-256("lucid/chunk/v1" ‖ 0x00 ‖ session_id (16) ‖ index (u64) ‖ cipher_len (u64) ‖ SHA-256(file)),
/// big-endian. Whoever holds the encrypted file can compute it; no key is needed.
/// </summary>
public static class ChunkHash
{
    public static Digest Compute(Guid sessionId, long index, long cipherLength, Digest fileSha256)
    {
        Span<byte> body = stackalloc byte[16 + 8 + 8 + Digest.Size];
        sessionId.TryWriteBytes(body, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(body[16..], index);
        BinaryPrimitives.WriteInt64BigEndian(body[24..], cipherLength);
        fileSha256.Span.CopyTo(body[32..]);
        return DomainTag.Hash(DomainTag.Chunk, body);
    }
}
