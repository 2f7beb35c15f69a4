using System.Collections.Immutable;

namespace Lucid.Evidence;

/// <summary>Everything of a bundle but the chunks themselves, checked against each other when it is made.</summary>
public sealed class BundleContents
{
    private BundleContents(Manifest manifest, Receipt receipt, BundleKeys keys, ImmutableArray<Digest> chunkFileHashes)
    {
        Manifest = manifest;
        var documents = (Manifest: manifest.ToJson(), Receipt: receipt.ToJson(), Keys: keys.ToJson());
        Index = new BundleIndex(
        [
            Describe(BundleLayout.Manifest, documents.Manifest),
            Describe(BundleLayout.Receipt, documents.Receipt),
            .. manifest.Chunks.Select((c, i) => new BundleIndexEntry(BundleLayout.Chunk(c.Index), c.CipherLength, chunkFileHashes[i])),
            Describe(BundleLayout.Keys, documents.Keys),
            Describe(BundleLayout.Readme, BundleReadme.Version1.Span),
        ]);
        IndexJson = Index.ToJson();
        (ManifestJson, ReceiptJson, KeysJson) = documents;
    }

    public Manifest Manifest { get; }

    public BundleIndex Index { get; }

    /// <summary>Length of the archive in bytes, for a Content-Length.</summary>
    public long ArchiveLength
    {
        get
        {
            long offset = 0;
            long directory = 0;
            foreach (var (path, length) in Index.Entries.Select(e => (e.Path, e.Length)).Prepend((BundleLayout.Index, IndexJson.Length)))
            {
                var entry = new ZipEntry(path, 0, length);
                directory += ZipFraming.CentralHeader(entry, offset).Length;
                offset += entry.LocalHeaderSize + length;
            }

            return offset + directory + ZipFraming.End(Index.Entries.Length + 1, directory, offset).Length;
        }
    }

    internal ReadOnlyMemory<byte> IndexJson { get; }

    internal ReadOnlyMemory<byte> ManifestJson { get; }

    internal ReadOnlyMemory<byte> ReceiptJson { get; }

    internal ReadOnlyMemory<byte> KeysJson { get; }

    /// <param name="manifest">Signed.</param>
    /// <param name="receipt">Of this manifest.</param>
    /// <param name="manifestKey">Public key of the manifest's signature.</param>
    /// <param name="envelopes">One for each recipient the manifest names, in that order.</param>
    /// <param name="chunkFileHashes">SHA-256 of each stored file, in the order of the manifest.</param>
    /// <exception cref="EvidenceException">A bundle of these parts would not verify.</exception>
    public static BundleContents Create(Manifest manifest, Receipt receipt, ManifestKey manifestKey, ImmutableArray<KeyEnvelope> envelopes, ImmutableArray<Digest> chunkFileHashes)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(receipt);
        ManifestRules.Check(manifest);
        var findings = ReceiptVerifier.Verify(receipt, VerificationOptions.TrustNothing);
        AnchorMatch.Check(manifest, receipt.Anchor.Record);
        ManifestCheck.Signature(manifest, findings.Authority);
        var keys = new BundleKeys(manifest.SessionId, manifest.Crypto.DekId, manifestKey, envelopes);
        keys.Check(manifest);
        if (chunkFileHashes.Length != manifest.Chunks.Length)
        {
            throw new EvidenceException(EvidenceFault.ChunkMismatch, "There is not one file hash for each chunk of the manifest.");
        }

        for (var i = 0; i < chunkFileHashes.Length; i++)
        {
            var chunk = manifest.Chunks[i];
            if (ChunkHash.Compute(manifest.SessionId, chunk.Index, chunk.CipherLength, chunkFileHashes[i]) != chunk.ChunkHash)
            {
                throw new EvidenceException(EvidenceFault.ChunkMismatch, $"The file hash of chunk {chunk.Index} does not give its chunk_hash.");
            }
        }

        return new BundleContents(manifest, receipt, keys, chunkFileHashes);
    }

    private static BundleIndexEntry Describe(string path, ReadOnlySpan<byte> data) => new(path, data.Length, Digest.Of(data));
}
