using System.Buffers;
using System.Buffers.Binary;
using System.IO.Hashing;

namespace Lucid.Evidence;

/// <summary>
/// One forward pass over a bundle: 1. index · 2. manifest and its tree · 3. receipt, anchor, manifest signature ·
/// 4. every chunk · 5. keys and README · 6. the central directory, rebuilt and compared · 7. nothing after it.
/// Throws at the first thing wrong; what was learned until then is in the report.
/// </summary>
internal sealed class BundlePass(Stream stream, VerificationOptions options, IProgress<VerificationProgress>? progress)
{
    private readonly BundleInput input = new(stream);
    private readonly List<(ZipEntry Entry, long Offset)> entries = [];
    private BundleIndex? index;

    public VerificationReport Report { get; private set; } = new() { Verdict = Verdict.Invalid, Message = string.Empty };

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        index = BundleIndex.Parse(await ReadIndexAsync(cancellationToken).ConfigureAwait(false));
        var manifest = Manifest.Parse(await ReadDocumentAsync(BundleLayout.Manifest, cancellationToken).ConfigureAwait(false));
        Learn(manifest);
        At(BundleLayout.Index);
        if (!index.Entries.Select(e => e.Path).SequenceEqual(BundleLayout.Paths(manifest)))
        {
            throw new EvidenceException(EvidenceFault.BundleIndex, "index.json does not list exactly the entries that belong to the manifest, in order.");
        }

        var receiptJson = await ReadDocumentAsync(BundleLayout.Receipt, cancellationToken).ConfigureAwait(false);
        var findings = ReceiptVerifier.Verify(Receipt.Parse(receiptJson), options);
        Learn(findings);
        AnchorMatch.Check(manifest, findings.Receipt.Anchor.Record);
        At(BundleLayout.Manifest);
        ManifestCheck.Signature(manifest, findings.Authority);
        await ReadChunksAsync(manifest, cancellationToken).ConfigureAwait(false);
        BundleKeys.Parse(await ReadDocumentAsync(BundleLayout.Keys, cancellationToken).ConfigureAwait(false)).Check(manifest);
        var readme = await ReadDocumentAsync(BundleLayout.Readme, cancellationToken).ConfigureAwait(false);
        if (!readme.AsSpan().SequenceEqual(BundleReadme.Version1.Span))
        {
            throw new EvidenceException(EvidenceFault.ReadmeInvalid, "README.txt is not the text of this version.");
        }

        await CompareDirectoryAsync(cancellationToken).ConfigureAwait(false);
        Report = Report with
        {
            Verdict = findings.IsPinned ? Verdict.Valid : Verdict.ConsistentTrustNotEstablished,
            Entry = null,
            Message = findings.IsPinned
                ? "Everything holds and leads to the trusted genesis hash."
                : "Everything holds together, but no genesis hash is trusted, so it may be a chain somebody made up.",
        };
    }

    // The first entry is the only one whose length is not known from the index: its own header says it.
    private async ValueTask<byte[]> ReadIndexAsync(CancellationToken cancellationToken)
    {
        var header = new byte[new ZipEntry(BundleLayout.Index, 0, 0).LocalHeaderSize];
        try
        {
            await input.ReadAsync(header, cancellationToken).ConfigureAwait(false);
        }
        catch (EvidenceException exception)
        {
            throw new EvidenceException(EvidenceFault.NotABundle, "This is not an evidence bundle: it is too short.", exception);
        }

        var claimed = new ZipEntry(BundleLayout.Index, BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(14)), BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(18)));
        if (!header.AsSpan().SequenceEqual(ZipFraming.LocalHeader(claimed)))
        {
            throw new EvidenceException(EvidenceFault.NotABundle, "This is not an evidence bundle: it does not begin with index.json framed as a bundle frames it.");
        }

        At(BundleLayout.Index);
        if (claimed.Length > BundleLayout.MaxDocumentLength)
        {
            throw new EvidenceException(EvidenceFault.BundleFraming, "index.json is larger than any index can be.");
        }

        entries.Add((claimed, 0));
        var data = await input.ReadDocumentAsync(claimed.Length, cancellationToken).ConfigureAwait(false);
        return Crc32.HashToUInt32(data) == claimed.Crc32
            ? data
            : throw new EvidenceException(EvidenceFault.EntryMismatch, "index.json does not have the checksum its header says.");
    }

    private async ValueTask<byte[]> ReadDocumentAsync(string path, CancellationToken cancellationToken)
    {
        At(path);
        var (entry, header) = await BeginAsync(path, cancellationToken).ConfigureAwait(false);
        var data = await input.ReadDocumentAsync(entry.Length, cancellationToken).ConfigureAwait(false);
        End(entry, header, data, Digest.Of(data));
        return data;
    }

    private async Task ReadChunksAsync(Manifest manifest, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent((int)manifest.Chunks.Max(c => c.CipherLength));
        try
        {
            foreach (var chunk in manifest.Chunks)
            {
                At(BundleLayout.Chunk(chunk.Index));
                Report = Report with { ChunkIndex = chunk.Index };
                var (entry, header) = await BeginAsync(BundleLayout.Chunk(chunk.Index), cancellationToken).ConfigureAwait(false);
                if (entry.Length != chunk.CipherLength)
                {
                    throw new EvidenceException(EvidenceFault.ChunkMismatch, $"Chunk {chunk.Index} has another length than the manifest says.");
                }

                var file = buffer.AsMemory(0, (int)entry.Length);
                await input.ReadAsync(file, cancellationToken).ConfigureAwait(false);
                var sha256 = Digest.Of(file.Span);
                End(entry, header, file.Span, sha256);
                CheckChunk(manifest, chunk, file.Span, sha256);
                Report = Report with { ChunksVerified = Report.ChunksVerified + 1, BytesVerified = Report.BytesVerified + entry.Length };
                progress?.Report(new VerificationProgress(Report.BytesVerified, manifest.TotalCipherBytes, Report.ChunksVerified, manifest.Chunks.Length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        Report = Report with { ChunkIndex = null };
    }

    private static void CheckChunk(Manifest manifest, ManifestChunk chunk, ReadOnlySpan<byte> file, Digest sha256)
    {
        if (ChunkHash.Compute(manifest.SessionId, chunk.Index, file.Length, sha256) != chunk.ChunkHash)
        {
            throw new EvidenceException(EvidenceFault.ChunkMismatch, $"Chunk {chunk.Index} is not the one the manifest names.");
        }

        var header = ChunkHeader.Parse(file);
        ChunkReader.RequireLength(header, file.Length);
        var mayBeLast = chunk.Index == manifest.Chunks[^1].Index;
        if (header.SessionId != manifest.SessionId || header.Index != chunk.Index || header.KeyId != manifest.Crypto.DekId
            || header.Stream != chunk.Stream || header.Compression != chunk.Compression || header.IsTruncated != chunk.IsTruncated
            || (header.IsLast && !mayBeLast))
        {
            throw new EvidenceException(EvidenceFault.ChunkHeader, $"The header of chunk {chunk.Index} does not say what the manifest says.");
        }
    }

    private async ValueTask<(ZipEntry Entry, byte[] Header)> BeginAsync(string path, CancellationToken cancellationToken)
    {
        var at = entries.Count - 1;
        if (at >= index!.Entries.Length || index.Entries[at].Path != path)
        {
            throw new EvidenceException(EvidenceFault.BundleIndex, $"index.json does not name {path} at its place.");
        }

        var entry = new ZipEntry(path, 0, index.Entries[at].Length);
        var header = new byte[entry.LocalHeaderSize];
        entries.Add((entry, input.Position));
        await input.ReadAsync(header, cancellationToken).ConfigureAwait(false);
        return (entry, header);
    }

    private void End(ZipEntry entry, ReadOnlySpan<byte> header, ReadOnlySpan<byte> data, Digest sha256)
    {
        var whole = entry with { Crc32 = Crc32.HashToUInt32(data) };
        if (sha256 != index!.Entries[entries.Count - 2].Sha256)
        {
            throw new EvidenceException(EvidenceFault.EntryMismatch, $"{entry.Path} does not have the SHA-256 that index.json says.");
        }

        if (!header.SequenceEqual(ZipFraming.LocalHeader(whole)))
        {
            throw new EvidenceException(EvidenceFault.BundleFraming, $"The zip header of {entry.Path} is not the one this entry must have.");
        }

        entries[^1] = (whole, entries[^1].Offset);
    }

    private async Task CompareDirectoryAsync(CancellationToken cancellationToken)
    {
        Report = Report with { Entry = null };
        var start = input.Position;
        foreach (var (entry, offset) in entries)
        {
            await CompareAsync(ZipFraming.CentralHeader(entry, offset), cancellationToken).ConfigureAwait(false);
        }

        await CompareAsync(ZipFraming.End(entries.Count, input.Position - start, start), cancellationToken).ConfigureAwait(false);
        if (!await input.IsAtEndAsync(cancellationToken).ConfigureAwait(false))
        {
            throw new EvidenceException(EvidenceFault.BundleFraming, "There are bytes after the end of the archive.");
        }
    }

    private async ValueTask CompareAsync(byte[] expected, CancellationToken cancellationToken)
    {
        var actual = new byte[expected.Length];
        await input.ReadAsync(actual, cancellationToken).ConfigureAwait(false);
        if (!actual.AsSpan().SequenceEqual(expected))
        {
            throw new EvidenceException(EvidenceFault.BundleFraming, "The directory at the end of the archive is not the one these entries must have.");
        }
    }

    private void At(string entry) => Report = Report with { Entry = entry };

    private void Learn(Manifest manifest) => Report = Report with
    {
        SessionId = manifest.SessionId,
        MerkleRoot = manifest.Merkle.Root,
        ManifestHash = manifest.Hash(),
        ManifestKid = manifest.Signature?.Kid,
        Custody = manifest.Crypto.Custody,
        Incomplete = manifest.Incomplete,
        StartedAt = manifest.Session.StartedAt,
        EndedAt = manifest.Session.EndedAt,
    };

    private void Learn(ReceiptFindings findings) => Report = Report with
    {
        NetworkName = findings.Receipt.Genesis.NetworkName,
        GenesisHash = findings.Receipt.Genesis.Hash,
        BlockHeight = findings.Block.Height,
        BlockHash = findings.Block.Hash(),
        BlockTime = findings.Block.Time,
        HeadHeight = findings.Receipt.Head?.Block.Header.Height,
        SignedBy = findings.SignedBy,
        VouchedBy = findings.VouchedBy,
        CannotShow = findings.CannotShow,
        KnownHeadsAgreeing = findings.KnownHeadsAgreeing,
        KnownHeadsNotComparable = findings.KnownHeadsNotComparable,
    };
}
