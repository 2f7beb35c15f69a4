using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.Journal;

namespace Lucid.SessionStorage.Storage;

/// <summary>Encrypted chunks of sessions: blobs by content, names by session. Nothing here can decrypt them.</summary>
public sealed class ChunkStore(StorageOptions options, BlobStore blobs) : IDisposable
{
    private readonly SemaphoreSlim documents = new(1, 1);

    public SessionFolder Session(Guid session) => new(options.StoragePath, session);

    /// <summary>Stores the LCK1 file of a chunk; its header must name the session and the index.</summary>
    public async Task<(ChunkStoreOutcome Outcome, StoredChunk? Chunk)> PutAsync(
        Guid session, int index, Stream body, Digest sha256, CancellationToken cancellationToken)
    {
        var written = await blobs.WriteAsync(body, sha256.ToArray(), ChunkHeader.MaxFileLength, (head, length) => Names(head.Span, length, session, index), cancellationToken);
        if (written.Outcome != BlobOutcome.Stored)
        {
            return (written.Outcome switch
            {
                BlobOutcome.DigestMismatch => ChunkStoreOutcome.DigestMismatch,
                BlobOutcome.TooLarge => ChunkStoreOutcome.TooLarge,
                BlobOutcome.Refused => ChunkStoreOutcome.WrongHeader,
                _ => ChunkStoreOutcome.DiskFull,
            }, null);
        }

        var reference = new ChunkReference(index, sha256, (int)written.Length);
        try
        {
            Session(session).AddChunk(reference);
        }
        catch (IOException failure) when (DurableFiles.IsDiskFull(failure))
        {
            return (ChunkStoreOutcome.DiskFull, null);
        }

        return (ChunkStoreOutcome.Stored, Describe(session, reference));
    }

    public ChunkCatalogue Catalogue(Guid session) =>
        new(session.ToString("D"), [.. Session(session).Chunks().Select(chunk => Describe(session, chunk))]);

    /// <summary>A chunk's file for reading; the caller disposes it.</summary>
    public (ChunkReference Reference, FileStream Content)? Open(Guid session, int index, Digest? sha256) =>
        Session(session).Chunk(index, sha256) is { } reference && blobs.Open(reference.FileSha256.Span) is { } handle
            ? (reference, new FileStream(handle, FileAccess.Read, bufferSize: 0, isAsync: true))
            : null;

    public void Shred(Guid session) => Session(session).Shred(chunk => blobs.Delete(chunk.FileSha256.Span));

    /// <summary>Keeps a document; another content under its name only where <paramref name="replace"/> allows it.</summary>
    public async Task<DocumentOutcome> KeepAsync(Guid session, string name, ReadOnlyMemory<byte> content, bool replace, CancellationToken cancellationToken)
    {
        await documents.WaitAsync(cancellationToken); // between looking and writing nobody else writes
        try
        {
            var folder = Session(session);
            if (await folder.ReadAsync(name, cancellationToken) is { } present)
            {
                if (present.AsSpan().SequenceEqual(content.Span))
                {
                    return DocumentOutcome.Kept;
                }

                if (!replace)
                {
                    return DocumentOutcome.OtherContent;
                }
            }

            await folder.WriteAsync(name, content, cancellationToken);
            return DocumentOutcome.Kept;
        }
        catch (IOException failure) when (DurableFiles.IsDiskFull(failure))
        {
            return DocumentOutcome.DiskFull;
        }
        finally
        {
            documents.Release();
        }
    }

    public void Dispose() => documents.Dispose();

    private static bool Names(ReadOnlySpan<byte> head, long length, Guid session, int index)
    {
        if (head.Length < ChunkHeader.Size)
        {
            return false;
        }

        try
        {
            var header = ChunkHeader.Parse(head);
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

public enum DocumentOutcome
{
    Kept,
    OtherContent,
    DiskFull,
}

public enum ChunkStoreOutcome
{
    Stored,
    DigestMismatch,
    TooLarge,
    DiskFull,
    WrongHeader,
}
