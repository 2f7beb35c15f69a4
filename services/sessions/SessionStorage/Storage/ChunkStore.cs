using Lucid.Contracts.Sessions;
using Lucid.Evidence;

namespace Lucid.SessionStorage.Storage;

/// <summary>Encrypted chunks of sessions: blobs by content, names by session. Nothing here can decrypt them.</summary>
public sealed class ChunkStore(StorageOptions options, BlobStore blobs)
{
    public SessionFolder Session(Guid session) => new(options.StoragePath, session);

    /// <summary>Stores the LCK1 file of a chunk; its header must name the session and the index.</summary>
    public async Task<(ChunkStoreOutcome Outcome, StoredChunk? Chunk)> PutAsync(
        Guid session, int index, Stream body, Digest sha256, CancellationToken cancellationToken)
    {
        var written = await blobs.WriteAsync(body, sha256.ToArray(), ChunkHeader.MaxFileLength, cancellationToken);
        if (written.Outcome != BlobOutcome.Stored)
        {
            return (written.Outcome switch
            {
                BlobOutcome.DigestMismatch => ChunkStoreOutcome.DigestMismatch,
                BlobOutcome.TooLarge => ChunkStoreOutcome.TooLarge,
                _ => ChunkStoreOutcome.DiskFull,
            }, null);
        }

        if (!await HeaderNamesAsync(sha256, written.Length, session, index, cancellationToken))
        {
            blobs.Delete(sha256.Span);
            return (ChunkStoreOutcome.WrongHeader, null);
        }

        var reference = new ChunkReference(index, sha256, (int)written.Length);
        Session(session).AddChunk(reference);
        return (ChunkStoreOutcome.Stored, Describe(session, reference));
    }

    public ChunkCatalogue Catalogue(Guid session) =>
        new(session.ToString("D"), [.. Session(session).Chunks().Select(chunk => Describe(session, chunk))]);

    /// <summary>A chunk's file for reading; the caller disposes it.</summary>
    public (ChunkReference Reference, FileStream Content)? Open(Guid session, int index, Digest? sha256) =>
        Session(session).Chunk(index, sha256) is { } reference && blobs.Open(reference.FileSha256.Span) is { } handle
            ? (reference, new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: true))
            : null;

    public void Shred(Guid session)
    {
        foreach (var chunk in Session(session).Shred())
        {
            blobs.Delete(chunk.FileSha256.Span);
        }
    }

    private async Task<bool> HeaderNamesAsync(Digest sha256, long length, Guid session, int index, CancellationToken cancellationToken)
    {
        if (length < ChunkHeader.Size)
        {
            return false;
        }

        using var handle = blobs.Open(sha256.Span)!;
        var bytes = new byte[ChunkHeader.Size];
        await RandomAccess.ReadAsync(handle, bytes, 0, cancellationToken);
        try
        {
            var header = ChunkHeader.Parse(bytes);
            return header.SessionId == session && header.Index == index && header.FileLength == length;
        }
        catch (EvidenceException)
        {
            return false; // not an LCK1 header: the same refusal as a foreign one
        }
    }

    private static StoredChunk Describe(Guid session, ChunkReference chunk) => new(
        session.ToString("D"), chunk.Index, chunk.FileSha256.ToString(), chunk.Length,
        ChunkHash.Compute(session, chunk.Index, chunk.Length, chunk.FileSha256).ToString());
}

public enum ChunkStoreOutcome
{
    Stored,
    DigestMismatch,
    TooLarge,
    DiskFull,
    WrongHeader,
}
