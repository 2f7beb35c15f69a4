using System.Buffers;
using System.Security.Cryptography;

namespace Lucid.Evidence;

/// <summary>
/// Decrypts an LCK1 file, whole or any range of its payload: only the segments that hold the range are read and
/// authenticated. Every refusal (tag, length, last flag, order of segments, header) is an <see cref="EvidenceException"/>.
/// </summary>
public sealed class ChunkReader : IDisposable
{
    private readonly ChunkCipher cipher;

    public ChunkReader(ChunkHeader header, ReadOnlySpan<byte> dataKey)
    {
        ArgumentNullException.ThrowIfNull(header);
        Header = header;
        cipher = new ChunkCipher(header, dataKey);
    }

    public ChunkHeader Header { get; }

    /// <summary>SHA-256 and chunk_hash of a whole file, with the header that was found; needs no key.</summary>
    public static SealedChunk Inspect(ReadOnlySpan<byte> file, out ChunkHeader header)
    {
        header = ChunkHeader.Parse(file);
        RequireLength(header, file.Length);
        var sha256 = Digest.Of(file);
        return new SealedChunk(header.Index, -1, header.PayloadLength, file.Length, sha256, ChunkHash.Compute(header.SessionId, header.Index, file.Length, sha256), header.Compression);
    }

    /// <summary>Decrypts and, if compressed, expands a whole file.</summary>
    /// <param name="file">The complete file.</param>
    /// <param name="dataKey">32 bytes.</param>
    /// <param name="plainLength">The recorded plain_len; the result has exactly this length or the call refuses.</param>
    public static byte[] ReadPlain(ReadOnlySpan<byte> file, ReadOnlySpan<byte> dataKey, long plainLength)
    {
        var header = ChunkHeader.Parse(file);
        RequireLength(header, file.Length);
        var payload = new byte[header.PayloadLength];
        using (var reader = new ChunkReader(header, dataKey))
        {
            reader.Decrypt(file[ChunkHeader.Size..], 0, payload);
        }

        if (header.Compression == ChunkCompression.None)
        {
            return payload.Length == plainLength ? payload : throw new EvidenceException(EvidenceFault.ChunkPlainLength, "The payload has not its recorded length.");
        }

        var plain = ZstdPayload.Decompress(payload, plainLength);
        CryptographicOperations.ZeroMemory(payload);
        return plain;
    }

    /// <summary>The bytes of the file that hold a range of the payload: whole segments.</summary>
    /// <returns>Offset and length in the file, and the number of the first segment.</returns>
    public (long FileOffset, int FileLength, int FirstSegment) CipherRange(long payloadOffset, int length)
    {
        if (payloadOffset < 0 || length < 0 || payloadOffset > Header.PayloadLength - length)
        {
            throw new EvidenceException(EvidenceFault.ChunkLength, "The range is outside the payload.");
        }

        var first = (int)Math.Min(payloadOffset / ChunkHeader.SegmentSize, Header.SegmentCount - 1);
        var last = length == 0 ? first : (int)((payloadOffset + length - 1) / ChunkHeader.SegmentSize);
        const int Stride = ChunkHeader.SegmentSize + ChunkHeader.TagSize;
        var start = ChunkHeader.Size + ((long)first * Stride);
        var end = Math.Min(ChunkHeader.Size + ((long)(last + 1) * Stride), Header.FileLength);
        return (start, (int)(end - start), first);
    }

    /// <summary>Decrypts whole segments.</summary>
    /// <param name="segments">Cipher text of consecutive segments, starting with <paramref name="firstSegment"/>.</param>
    /// <param name="firstSegment">Number of the first segment.</param>
    /// <param name="plain">Exactly the plain length of those segments.</param>
    public void Decrypt(ReadOnlySpan<byte> segments, int firstSegment, Span<byte> plain)
    {
        var segment = firstSegment;
        do
        {
            var length = (int)Math.Min(ChunkHeader.SegmentSize, Header.PayloadLength - ((long)segment * ChunkHeader.SegmentSize));
            if (segment >= Header.SegmentCount || segments.Length < length + ChunkHeader.TagSize || plain.Length < length)
            {
                throw new EvidenceException(EvidenceFault.ChunkLength, "The segments and the plain buffer do not fit the chunk.");
            }

            cipher.Decrypt(segment, segments[..(length + ChunkHeader.TagSize)], plain[..length]);
            segments = segments[(length + ChunkHeader.TagSize)..];
            plain = plain[length..];
            segment++;
        }
        while (!segments.IsEmpty || !plain.IsEmpty);
    }

    /// <summary>Reads a range of the payload (still compressed if the header says so) from a seekable file.</summary>
    public async ValueTask ReadRangeAsync(Stream file, long payloadOffset, Memory<byte> destination, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        RequireLength(Header, file.Length);
        var (offset, length, first) = CipherRange(payloadOffset, destination.Length);
        var plainLength = length - ((length + ChunkHeader.SegmentSize + ChunkHeader.TagSize - 1) / (ChunkHeader.SegmentSize + ChunkHeader.TagSize) * ChunkHeader.TagSize);
        var cipherText = ArrayPool<byte>.Shared.Rent(length);
        var plain = ArrayPool<byte>.Shared.Rent(plainLength);
        try
        {
            file.Position = offset;
            await file.ReadExactlyAsync(cipherText.AsMemory(0, length), cancellationToken).ConfigureAwait(false);
            Decrypt(cipherText.AsSpan(0, length), first, plain.AsSpan(0, plainLength));
            var skip = (int)(payloadOffset - ((long)first * ChunkHeader.SegmentSize));
            plain.AsMemory(skip, destination.Length).CopyTo(destination);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain.AsSpan(0, plainLength));
            ArrayPool<byte>.Shared.Return(plain);
            ArrayPool<byte>.Shared.Return(cipherText);
        }
    }

    public void Dispose() => cipher.Dispose();

    internal static void RequireLength(ChunkHeader header, long fileLength)
    {
        if (fileLength != header.FileLength)
        {
            throw new EvidenceException(EvidenceFault.ChunkLength, $"The file has {fileLength} bytes, its header says {header.FileLength}.");
        }
    }
}
