using ZstdSharp;

namespace Lucid.Evidence;

/// <summary>The compression rule of the recording pipeline and its bomb guard.</summary>
internal static class ZstdPayload
{
    public const int Level = 3;

    public const int MinimumLength = 1024;

    /// <summary>Compresses into <paramref name="destination"/>; 0 when the rule says to keep the plain bytes.</summary>
    public static int TryCompress(ReadOnlySpan<byte> plain, Span<byte> destination)
    {
        if (plain.Length < MinimumLength)
        {
            return 0;
        }

        // At least 5 % smaller, or it is not worth a decompressor in the path.
        var limit = (int)((long)plain.Length * 95 / 100);
        using var compressor = new Compressor(Level);
        return compressor.TryWrap(plain, destination[..limit], out var written) ? written : 0;
    }

    /// <summary>Expands to exactly <paramref name="plainLength"/> bytes; never writes more than that.</summary>
    public static byte[] Decompress(ReadOnlySpan<byte> payload, long plainLength)
    {
        if (plainLength is < 0 or > ChunkHeader.MaxPlainLength)
        {
            throw new EvidenceException(EvidenceFault.ChunkPlainLength, "The recorded plain length is out of range.");
        }

        var plain = new byte[plainLength];
        try
        {
            using var decompressor = new Decompressor();
            if (decompressor.TryUnwrap(payload, plain, out var written) && written == plainLength)
            {
                return plain;
            }
        }
        catch (ZstdException exception)
        {
            throw new EvidenceException(EvidenceFault.ChunkPlainLength, "The payload is not valid zstd.", exception);
        }

        throw new EvidenceException(EvidenceFault.ChunkPlainLength, "The payload does not expand to its recorded length.");
    }
}
