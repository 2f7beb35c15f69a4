namespace Lucid.Evidence;

/// <summary>Reads a bundle forward and never allocates more than the stream really holds.</summary>
internal sealed class BundleInput(Stream stream)
{
    private const int Step = 1024 * 1024;

    public long Position { get; private set; }

    public async ValueTask ReadAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var read = await stream.ReadAtLeastAsync(destination, destination.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        Position += read;
        if (read != destination.Length)
        {
            throw new EvidenceException(EvidenceFault.BundleTruncated, "The bundle ends too early.");
        }
    }

    /// <summary>A whole document; memory grows with what arrives, not with what a header claims.</summary>
    public async ValueTask<byte[]> ReadDocumentAsync(long length, CancellationToken cancellationToken)
    {
        var data = new byte[Math.Min(length, Step)];
        var filled = 0;
        while (true)
        {
            await ReadAsync(data.AsMemory(filled), cancellationToken).ConfigureAwait(false);
            filled = data.Length;
            if (filled == length)
            {
                return data;
            }

            Array.Resize(ref data, (int)Math.Min(length, filled * 2L));
        }
    }

    /// <summary>True when nothing follows.</summary>
    public async ValueTask<bool> IsAtEndAsync(CancellationToken cancellationToken) =>
        await stream.ReadAsync(new byte[1], cancellationToken).ConfigureAwait(false) == 0;
}
