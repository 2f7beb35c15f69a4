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

public enum ChunkStoreOutcome
{
    Stored,
    DigestMismatch,
    TooLarge,
    DiskFull,
    WrongHeader,
}
