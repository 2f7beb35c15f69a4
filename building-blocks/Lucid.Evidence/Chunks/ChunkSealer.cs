using System.Buffers;
using System.Security.Cryptography;

namespace Lucid.Evidence;

/// <summary>
/// Compresses, encrypts and hashes a chunk in one pass. A fresh random salt for every attempt makes every attempt
/// another key, so a nonce can never be used twice. Safe for concurrent use.
/// </summary>
public static class ChunkSealer
{
    /// <summary>Bytes a destination needs for a payload of this length.</summary>
    public static int MaxFileLength(int plainLength) => (int)ChunkHeader.FileLengthFor(plainLength);

    /// <summary>Seals into a caller's buffer (pool it).</summary>
    /// <param name="fields">What to put into the header.</param>
    /// <param name="plain">At most <see cref="ChunkHeader.MaxPayloadLength"/> bytes, or more when zstd makes them fit.</param>
    /// <param name="dataKey">32 bytes.</param>
    /// <param name="destination">At least <see cref="MaxFileLength"/> bytes; the first CipherLength are the file.</param>
    /// <exception cref="EvidenceException">Too large, or not a data key.</exception>
    public static SealedChunk Seal(ChunkFields fields, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> dataKey, Span<byte> destination)
    {
        Span<byte> salt = stackalloc byte[Digest.Size];
        RandomNumberGenerator.Fill(salt);
        return Seal(fields, plain, dataKey, new Digest(salt), destination);
    }

    /// <summary>Seals and writes the file to <paramref name="destination"/>.</summary>
    public static async ValueTask<SealedChunk> SealAsync(ChunkFields fields, ReadOnlyMemory<byte> plain, ReadOnlyMemory<byte> dataKey, Stream destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(destination);
        var buffer = ArrayPool<byte>.Shared.Rent(MaxFileLength(plain.Length));
        try
        {
            var chunk = Seal(fields, plain.Span, dataKey.Span, buffer);
            await destination.WriteAsync(buffer.AsMemory(0, (int)chunk.CipherLength), cancellationToken).ConfigureAwait(false);
            return chunk;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    internal static SealedChunk Seal(ChunkFields fields, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> dataKey, Digest salt, Span<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(fields);
        if (plain.Length > ChunkHeader.MaxPlainLength)
        {
            throw TooLarge();
        }

        if (!fields.TryZstd)
        {
            return Encrypt(fields, plain, plain.Length, ChunkCompression.None, dataKey, salt, destination);
        }

        var compressed = ArrayPool<byte>.Shared.Rent(plain.Length);
        try
        {
            var length = ZstdPayload.TryCompress(plain, compressed);
            return length > 0
                ? Encrypt(fields, compressed.AsSpan(0, length), plain.Length, ChunkCompression.Zstd, dataKey, salt, destination)
                : Encrypt(fields, plain, plain.Length, ChunkCompression.None, dataKey, salt, destination);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(compressed, clearArray: true);
        }
    }

    private static SealedChunk Encrypt(ChunkFields fields, ReadOnlySpan<byte> payload, int plainLength, ChunkCompression compression, ReadOnlySpan<byte> dataKey, Digest salt, Span<byte> destination)
    {
        if (payload.Length > ChunkHeader.MaxPayloadLength)
        {
            throw TooLarge();
        }

        if (fields.Index is < 0 or >= SessionTree.MaxLeaves)
        {
            throw new EvidenceException(EvidenceFault.ChunkHeader, "A chunk index is from 0 to 1,048,575.");
        }

        var header = new ChunkHeader(compression, fields.Stream, fields.SessionId, fields.Index, fields.KeyId, salt, payload.Length, fields.IsLast, fields.IsTruncated);
        var fileLength = (int)header.FileLength;
        if (destination.Length < fileLength)
        {
            throw new EvidenceException(EvidenceFault.ChunkLength, $"The destination has {destination.Length} bytes, the file needs {fileLength}.");
        }

        using var cipher = new ChunkCipher(header, dataKey);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        cipher.Header.CopyTo(destination);
        hash.AppendData(cipher.Header);
        var at = ChunkHeader.Size;
        for (var segment = 0; segment < header.SegmentCount; segment++)
        {
            // Hash each segment while it is still in the cache.
            var plain = payload.Slice(segment * ChunkHeader.SegmentSize, Math.Min(ChunkHeader.SegmentSize, payload.Length - (segment * ChunkHeader.SegmentSize)));
            var output = destination.Slice(at, plain.Length + ChunkHeader.TagSize);
            cipher.Encrypt(segment, plain, output);
            hash.AppendData(output);
            at += output.Length;
        }

        Span<byte> file = stackalloc byte[Digest.Size];
        hash.GetHashAndReset(file);
        var sha256 = new Digest(file);
        return new SealedChunk(fields.Index, plainLength, payload.Length, fileLength, sha256, ChunkHash.Compute(fields.SessionId, fields.Index, fileLength, sha256), compression);
    }

    private static EvidenceException TooLarge() => new(EvidenceFault.ChunkTooLarge, $"A chunk's payload is at most {ChunkHeader.MaxPayloadLength} bytes.");
}
