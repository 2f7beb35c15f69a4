using System.Buffers;
using System.IO.Hashing;

namespace Lucid.Evidence;

/// <summary>
/// Writes an evidence bundle forward-only, so that it can be streamed to a client: one chunk (at most 10 MiB) is in
/// memory at a time. The same contents always give the same bytes.
/// </summary>
public static class BundleWriter
{
    /// <param name="contents">Index, manifest, receipt and keys.</param>
    /// <param name="openChunk">Opens the stored file of a chunk; it is disposed here.</param>
    /// <param name="output">Need not be seekable.</param>
    /// <param name="progress">Bytes of chunks written so far.</param>
    /// <param name="cancellationToken">Stops between and inside entries.</param>
    /// <exception cref="EvidenceException">A stored file is not the one the manifest names; the output is then unusable.</exception>
    public static async Task WriteAsync(
        BundleContents contents,
        Func<ManifestChunk, CancellationToken, ValueTask<Stream>> openChunk,
        Stream output,
        IProgress<VerificationProgress>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(contents);
        ArgumentNullException.ThrowIfNull(openChunk);
        ArgumentNullException.ThrowIfNull(output);
        var archive = new Archive(output);
        await archive.AddAsync(BundleLayout.Index, contents.IndexJson, cancellationToken).ConfigureAwait(false);
        await archive.AddAsync(BundleLayout.Manifest, contents.ManifestJson, cancellationToken).ConfigureAwait(false);
        await archive.AddAsync(BundleLayout.Receipt, contents.ReceiptJson, cancellationToken).ConfigureAwait(false);
        var buffer = ArrayPool<byte>.Shared.Rent((int)contents.Manifest.Chunks.Max(c => c.CipherLength) + 1);
        try
        {
            long done = 0;
            for (var i = 0; i < contents.Manifest.Chunks.Length; i++)
            {
                var chunk = contents.Manifest.Chunks[i];
                var stream = await openChunk(chunk, cancellationToken).ConfigureAwait(false);
                await using (stream.ConfigureAwait(false))
                {
                    var length = await stream.ReadAtLeastAsync(buffer.AsMemory(0, (int)chunk.CipherLength + 1), (int)chunk.CipherLength + 1, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
                    var file = buffer.AsMemory(0, length);
                    if (length != chunk.CipherLength || Digest.Of(file.Span) != contents.Index.Entries[i + 2].Sha256)
                    {
                        throw new EvidenceException(EvidenceFault.ChunkMismatch, $"The stored file of chunk {chunk.Index} is not the one the manifest names.");
                    }

                    await archive.AddAsync(BundleLayout.Chunk(chunk.Index), file, cancellationToken).ConfigureAwait(false);
                }

                done += chunk.CipherLength;
                progress?.Report(new VerificationProgress(done, contents.Manifest.TotalCipherBytes, i + 1, contents.Manifest.Chunks.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        await archive.AddAsync(BundleLayout.Keys, contents.KeysJson, cancellationToken).ConfigureAwait(false);
        await archive.AddAsync(BundleLayout.Readme, BundleReadme.Version1, cancellationToken).ConfigureAwait(false);
        await archive.FinishAsync(cancellationToken).ConfigureAwait(false);
    }

    private sealed class Archive(Stream output)
    {
        private readonly List<(ZipEntry Entry, long Offset)> entries = [];
        private long position;

        public async ValueTask AddAsync(string path, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
        {
            var entry = new ZipEntry(path, Crc32.HashToUInt32(data.Span), data.Length);
            entries.Add((entry, position));
            await WriteAsync(ZipFraming.LocalHeader(entry), cancellationToken).ConfigureAwait(false);
            await WriteAsync(data, cancellationToken).ConfigureAwait(false);
        }

        public async ValueTask FinishAsync(CancellationToken cancellationToken)
        {
            var directory = position;
            foreach (var (entry, offset) in entries)
            {
                await WriteAsync(ZipFraming.CentralHeader(entry, offset), cancellationToken).ConfigureAwait(false);
            }

            await WriteAsync(ZipFraming.End(entries.Count, position - directory, directory), cancellationToken).ConfigureAwait(false);
        }

        private async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            await output.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            position += bytes.Length;
        }
    }
}
