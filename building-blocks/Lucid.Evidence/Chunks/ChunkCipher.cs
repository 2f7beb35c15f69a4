using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Lucid.Evidence;

/// <summary>
/// AES-256-GCM over the segments of one chunk. Key = HKDF-SHA256(ikm = data key, salt, info = "lucid/chunk-key/v1" ‖
/// 0x00 ‖ session_id ‖ index); nonce = 11-byte segment counter ‖ 1 for the last segment, else 0 (the STREAM
/// construction); additional data = the header.
/// </summary>
internal sealed class ChunkCipher : IDisposable
{
    private readonly AesGcm aes;
    private readonly byte[] header = new byte[ChunkHeader.Size];
    private readonly int segmentCount;

    public ChunkCipher(ChunkHeader header, ReadOnlySpan<byte> dataKey)
    {
        if (dataKey.Length != KeyEnvelope.DataKeySize)
        {
            throw new EvidenceException(EvidenceFault.KeyInvalid, "A data key has 32 bytes.");
        }

        header.Write(this.header);
        segmentCount = header.SegmentCount;
        Span<byte> info = stackalloc byte[DomainTag.ChunkKey.Length + 24];
        DomainTag.ChunkKey.CopyTo(info);
        header.SessionId.TryWriteBytes(info[DomainTag.ChunkKey.Length..], bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(info[(DomainTag.ChunkKey.Length + 16)..], header.Index);
        Span<byte> key = stackalloc byte[32];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, dataKey, key, header.Salt.Span, info);
        aes = new AesGcm(key, ChunkHeader.TagSize);
        CryptographicOperations.ZeroMemory(key);
    }

    public ReadOnlySpan<byte> Header => header;

    /// <param name="index">Segment number from 0.</param>
    /// <param name="plain">At most 65,536 bytes.</param>
    /// <param name="cipher">Exactly 16 bytes longer.</param>
    public void Encrypt(int index, ReadOnlySpan<byte> plain, Span<byte> cipher)
    {
        Span<byte> nonce = stackalloc byte[12];
        Nonce(index, nonce);
        aes.Encrypt(nonce, plain, cipher[..plain.Length], cipher.Slice(plain.Length, ChunkHeader.TagSize), header);
    }

    public void Decrypt(int index, ReadOnlySpan<byte> cipher, Span<byte> plain)
    {
        Span<byte> nonce = stackalloc byte[12];
        Nonce(index, nonce);
        try
        {
            aes.Decrypt(nonce, cipher[..plain.Length], cipher.Slice(plain.Length, ChunkHeader.TagSize), plain, header);
        }
        catch (CryptographicException exception)
        {
            throw new EvidenceException(EvidenceFault.ChunkTag, $"Segment {index} does not authenticate: wrong key, or the chunk was changed.", exception);
        }
    }

    public void Dispose() => aes.Dispose();

    private void Nonce(int index, Span<byte> nonce)
    {
        nonce.Clear();
        BinaryPrimitives.WriteInt32BigEndian(nonce[7..], index);
        nonce[11] = index == segmentCount - 1 ? (byte)1 : (byte)0;
    }
}
