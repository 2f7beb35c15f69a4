using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace Lucid.Evidence;

/// <summary>
/// Decrypts a bundle for one of its recipients. For every run the <c>init</c> chunk followed by its <c>av</c> chunks is a
/// playable fragmented MP4; the <c>events</c> chunks are NDJSON. Verify the bundle first.
/// </summary>
public sealed class BundleDecryptor : IDisposable
{
    private readonly BundleReader bundle;
    private readonly byte[] dataKey;

    private BundleDecryptor(BundleReader bundle, byte[] dataKey)
    {
        this.bundle = bundle;
        this.dataKey = dataKey;
    }

    public Manifest Manifest => bundle.Manifest;

    /// <summary>Runs with pictures, ascending.</summary>
    public IReadOnlyList<int> Runs => [.. Manifest.Chunks.Where(c => c.Stream != ChunkStream.Events).Select(c => c.Run).Distinct().Order()];

    /// <exception cref="EvidenceException">Not a bundle, or the key is not one of its recipients.</exception>
    public static async Task<BundleDecryptor> OpenAsync(Stream bundle, RecipientPrivateKey recipient, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(recipient);
        var reader = await BundleReader.OpenAsync(bundle, cancellationToken).ConfigureAwait(false);
        var envelope = reader.Keys.Envelopes.FirstOrDefault(e => e.Kid == recipient.PublicKey.Kid)
            ?? throw new EvidenceException(EvidenceFault.EnvelopeInvalid, $"The bundle is not for key {recipient.PublicKey.Kid}.");
        return new BundleDecryptor(reader, envelope.Unwrap(recipient, reader.Manifest.SessionId, reader.Manifest.Crypto.DekId));
    }

    /// <summary>Decrypted chunks in index order, optionally of some of them only.</summary>
    public async IAsyncEnumerable<DecryptedChunk> ReadAsync(Func<ManifestChunk, bool>? filter = null, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        for (var i = 0; i < Manifest.Chunks.Length; i++)
        {
            var chunk = Manifest.Chunks[i];
            if (filter is null || filter(chunk))
            {
                var file = await bundle.ReadChunkAsync(i, cancellationToken).ConfigureAwait(false);
                yield return new DecryptedChunk(chunk, ChunkReader.ReadPlain(file, dataKey, chunk.PlainLength));
            }
        }
    }

    /// <summary>Writes the fragmented MP4 of a run.</summary>
    public Task CopyVideoAsync(int run, Stream output, CancellationToken cancellationToken = default) =>
        CopyAsync(c => c.Run == run && c.Stream != ChunkStream.Events, output, cancellationToken);

    /// <summary>Writes all events as NDJSON.</summary>
    public Task CopyEventsAsync(Stream output, CancellationToken cancellationToken = default) =>
        CopyAsync(c => c.Stream == ChunkStream.Events, output, cancellationToken);

    public void Dispose() => CryptographicOperations.ZeroMemory(dataKey);

    private async Task CopyAsync(Func<ManifestChunk, bool> filter, Stream output, CancellationToken cancellationToken)
    {
        await foreach (var chunk in ReadAsync(filter, cancellationToken).ConfigureAwait(false))
        {
            await output.WriteAsync(chunk.Plain, cancellationToken).ConfigureAwait(false);
        }
    }
}

/// <summary>A chunk of the manifest with its plain bytes.</summary>
public sealed record DecryptedChunk(ManifestChunk Chunk, ReadOnlyMemory<byte> Plain);
