using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionStorage.Storage;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Lucid.SessionStorage.Endpoints;

/// <summary>Encrypted chunks in and out.</summary>
public static class ChunkEndpoints
{
    public static void MapChunks(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Chunks");
        group.MapPut(Routes.Storage.Chunk, PutAsync)
            .WithName("PutChunk").WithSummary("Stores the encrypted file of a chunk; the answer means it is durable")
            .Produces<StoredChunk>().Produces<StoredChunk>(StatusCodes.Status201Created);
        group.MapGet(Routes.Storage.Chunk, Get)
            .WithName("GetChunk").WithSummary("The encrypted file, or a range of it")
            .Produces<Stream>(contentType: "application/octet-stream").Produces<Stream>(StatusCodes.Status206PartialContent, "application/octet-stream");
        group.MapMethods(Routes.Storage.Chunk, [HttpMethods.Head], Get)
            .WithName("HeadChunk").Produces(StatusCodes.Status200OK).WithSummary("Length and digest of the encrypted file");
        group.MapGet(Routes.Storage.ChunkCatalogue, (Guid session, ChunkStore store) => TypedResults.Ok(store.Catalogue(session)))
            .WithName("GetChunkCatalogue").WithSummary("Every stored version of every chunk of a session");
        group.MapGet(Routes.Storage.Status, Status)
            .WithName("GetStorageStatus").WithSummary("Room on the volume");
        group.MapDelete(Routes.Storage.Session, Shred)
            .WithName("ShredSession").WithSummary("Destroys keys and chunks of a session; manifests and receipt remain");
    }

    private static async Task<IResult> PutAsync(Guid session, int index, HttpRequest request, ChunkStore store, CancellationToken cancellationToken)
    {
        if (request.ContentLength > ChunkHeader.MaxFileLength)
        {
            return TooLarge();
        }

        if (!TryReadDigest(request.Headers[LucidHeaders.ReprDigest], out var sha256))
        {
            return LucidResults.Error(LucidErrors.MissingField, "Send Repr-Digest: sha-256=:<base64>: of the file (RFC 9530).", "digest_required");
        }

        var (outcome, chunk) = await store.PutAsync(session, index, request.Body, sha256, cancellationToken);
        return outcome switch
        {
            ChunkStoreOutcome.Stored => TypedResults.Created((string?)null, chunk),
            ChunkStoreOutcome.DigestMismatch => LucidResults.Error(LucidErrors.DigestMismatch, "The body does not have the digest of Repr-Digest; send it again.", "digest_mismatch"),
            ChunkStoreOutcome.TooLarge => TooLarge(),
            ChunkStoreOutcome.WrongHeader => LucidResults.Error(LucidErrors.InvalidRequest, "The LCK1 header does not name this session, index and length.", "wrong_header"),
            _ => LucidResults.Error(LucidErrors.StorageFull, "The store's volume is full; make room, the chunk stays in the spool.", "storage_full"),
        };
    }

    private static IResult Get(Guid session, int index, string? sha256, ChunkStore store)
    {
        Digest? version = null;
        if (sha256 is not null)
        {
            if (!Digest.TryParse(sha256, out var parsed))
            {
                return LucidResults.Error(LucidErrors.BadFormat, "sha256 is 64 lower-case hex digits.");
            }

            version = parsed;
        }

        return store.Open(session, index, version) is { } chunk
            ? TypedResults.Stream(
                chunk.Content, "application/octet-stream", entityTag: new EntityTagHeaderValue($"\"{chunk.Reference.FileSha256}\""), enableRangeProcessing: true)
            : LucidResults.NotFound("There is no such chunk; when it has several versions, name one with sha256.", "chunk_not_found");
    }

    private static Ok<StorageStatus> Status(StorageOptions options)
    {
        var drive = new DriveInfo(Path.GetFullPath(options.StoragePath));
        var used = drive.TotalSize - drive.AvailableFreeSpace;
        var sessions = Path.Combine(options.StoragePath, "sessions");
        var folders = Directory.Exists(sessions) ? Directory.GetDirectories(sessions) : [];
        var chunks = folders.Sum(folder => Directory.Exists(Path.Combine(folder, "chunks")) ? Directory.EnumerateFiles(Path.Combine(folder, "chunks")).LongCount() : 0);
        var health = used > drive.TotalSize * 0.9 ? "critical" : used > drive.TotalSize * 0.8 ? "warning" : "healthy";
        return TypedResults.Ok(new StorageStatus(drive.TotalSize, used, drive.AvailableFreeSpace, folders.Length, chunks, health));
    }

    private static NoContent Shred(Guid session, ChunkStore store)
    {
        store.Shred(session);
        return TypedResults.NoContent();
    }

    private static bool TryReadDigest(string? header, out Digest sha256)
    {
        sha256 = default;
        const string prefix = "sha-256=:";
        if (header is null || header.Length <= prefix.Length || !header.StartsWith(prefix, StringComparison.Ordinal) || !header.EndsWith(':'))
        {
            return false;
        }

        var bytes = new byte[Digest.Size];
        if (!Convert.TryFromBase64String(header[prefix.Length..^1], bytes, out var length) || length != bytes.Length)
        {
            return false;
        }

        sha256 = new Digest(bytes);
        return true;
    }

    private static IResult TooLarge() =>
        LucidResults.Error(LucidErrors.ChunkSize, $"A chunk's file has at most {ChunkHeader.MaxFileLength} bytes.", "chunk_size_exceeded");
}
