using System.Buffers.Binary;

namespace Lucid.Evidence;

/// <summary>
/// Random access to the entries of a seekable bundle. Each entry is compared with its hash in the index, but nothing is
/// verified beyond that: call <see cref="BundleVerifier"/> first.
/// </summary>
public sealed class BundleReader
{
    private readonly Stream stream;
    private readonly long[] offsets;

    private BundleReader(Stream stream, BundleIndex index, long firstOffset)
    {
        this.stream = stream;
        Index = index;
        offsets = new long[index.Entries.Length];
        for (var i = 0; i < offsets.Length; i++)
        {
            offsets[i] = firstOffset + ZipFraming.LocalFixedSize + index.Entries[i].Path.Length;
            firstOffset = offsets[i] + index.Entries[i].Length;
        }
    }

    public BundleIndex Index { get; }

    public Manifest Manifest { get; private set; } = null!;

    public Receipt Receipt { get; private set; } = null!;

    public BundleKeys Keys { get; private set; } = null!;

    /// <exception cref="EvidenceException">Not a bundle, or an entry is not the one the index names.</exception>
    public static async Task<BundleReader> OpenAsync(Stream bundle, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(bundle);
        bundle.Position = 0;
        var input = new BundleInput(bundle);
        var header = new byte[new ZipEntry(BundleLayout.Index, 0, 0).LocalHeaderSize];
        await input.ReadAsync(header, cancellationToken).ConfigureAwait(false);
        var entry = new ZipEntry(BundleLayout.Index, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(14)), BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(18)));
        if (!header.AsSpan().SequenceEqual(ZipFraming.LocalHeader(entry)) || entry.Length > BundleLayout.MaxDocumentLength)
        {
            throw new EvidenceException(EvidenceFault.NotABundle, "This is not an evidence bundle.");
        }

        var index = BundleIndex.Parse(await input.ReadDocumentAsync(entry.Length, cancellationToken).ConfigureAwait(false));
        var reader = new BundleReader(bundle, index, input.Position);
        reader.Manifest = Manifest.Parse(await reader.ReadAsync(0, BundleLayout.Manifest, cancellationToken).ConfigureAwait(false));
        if (!index.Entries.Select(e => e.Path).SequenceEqual(BundleLayout.Paths(reader.Manifest)))
        {
            throw new EvidenceException(EvidenceFault.BundleIndex, "index.json does not list the entries that belong to the manifest.");
        }

        reader.Receipt = Receipt.Parse(await reader.ReadAsync(1, BundleLayout.Receipt, cancellationToken).ConfigureAwait(false));
        reader.Keys = BundleKeys.Parse(await reader.ReadAsync(index.Entries.Length - 2, BundleLayout.Keys, cancellationToken).ConfigureAwait(false));
        reader.Keys.Check(reader.Manifest);
        return reader;
    }

    /// <summary>The encrypted file of a chunk, by its ordinal in the manifest.</summary>
    public Task<byte[]> ReadChunkAsync(int ordinal, CancellationToken cancellationToken = default) =>
        ReadAsync(ordinal + 2, BundleLayout.Chunk(Manifest.Chunks[ordinal].Index), cancellationToken);

    private async Task<byte[]> ReadAsync(int at, string path, CancellationToken cancellationToken)
    {
        var entry = Index.Entries[at];
        if (entry.Path != path)
        {
            throw new EvidenceException(EvidenceFault.BundleIndex, $"index.json does not name {path} at its place.");
        }

        stream.Position = offsets[at];
        var data = await new BundleInput(stream).ReadDocumentAsync(entry.Length, cancellationToken).ConfigureAwait(false);
        return Digest.Of(data) == entry.Sha256
            ? data
            : throw new EvidenceException(EvidenceFault.EntryMismatch, $"{path} does not have the SHA-256 that index.json says.");
    }
}
