using System.Text.Json;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionApi.Clients;
using Lucid.SessionApi.Domain;

namespace Lucid.SessionApi.Endpoints;

/// <summary>What a recording left: chunks, manifest, receipt, bundle. Only the owner gets content.</summary>
public static class RecordingEndpoints
{
    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        var session = routes.MapGroup("/api/v1/sessions/{session:guid}").WithTags("Recordings").RequireUser();
        session.MapGet("/chunks", ListChunksAsync).WithName("ListSessionChunks").Produces<ChunkPage>().WithSummary("Chunks in index order; go on with after");
        session.MapGet("/chunks/{index:int}", GetChunkAsync).WithName("GetSessionChunk").Produces<ChunkLedgerEntry>().WithSummary("A chunk's entry in the ledger");
        session.MapGet("/chunks/{index:int}/download", DownloadAsync)
            .WithName("DownloadSessionChunk").WithSummary("The encrypted file; ranges allowed")
            .Produces<Stream>(contentType: "application/octet-stream").Produces<Stream>(StatusCodes.Status206PartialContent, "application/octet-stream");
        session.MapGet("/chunks/{index:int}/proof", ProveAsync)
            .WithName("ProveSessionChunk").Produces<ChunkProof>().WithSummary("Inclusion proof of a chunk in the session's Merkle root");
        session.MapGet("/manifest", (Guid session, int? version, HttpContext context, UserContext user, SessionGuard guard, StorageClient storage, CancellationToken cancellationToken) =>
                StreamAsync(session, user, guard, _ => storage.ManifestAsync(session, version ?? 1, context.Request, cancellationToken), orAdmin: true, cancellationToken))
            .WithName("GetSessionManifest").Produces<JsonElement>().WithSummary("The signed manifest, canonical bytes");
        session.MapGet("/anchoring", AnchoringAsync).WithName("GetSessionAnchoring").Produces<SessionAnchoringView>().WithSummary("How far the anchor is");
        session.MapGet("/anchor-receipt", (Guid session, HttpContext context, UserContext user, SessionGuard guard, StorageClient storage, CancellationToken cancellationToken) =>
                StreamAsync(session, user, guard, _ => storage.ReceiptAsync(session, context.Request, cancellationToken), orAdmin: true, cancellationToken))
            .WithName("GetSessionReceipt").Produces<JsonElement>().WithSummary("The anchor receipt, canonical bytes");
        session.MapGet("/bundle", (Guid session, HttpContext context, UserContext user, SessionGuard guard, StorageClient storage, CancellationToken cancellationToken) =>
                StreamAsync(session, user, guard, _ => storage.BundleAsync(session, context.Request, cancellationToken), orAdmin: false, cancellationToken))
            .WithName("GetSessionBundle").Produces<Stream>(contentType: "application/zip").WithSummary("The evidence bundle, which verifies offline");
    }

    private static async Task<IResult> ListChunksAsync(
        Guid session, UserContext user, SessionGuard guard, PipelineClient pipeline, CancellationToken cancellationToken, int after = -1)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: true, cancellationToken);
        if (found is null)
        {
            return refusal!;
        }

        var page = await pipeline.ChunksAsync(session, after, cancellationToken);
        return page.IsSuccess ? TypedResults.Ok(page.Value) : page.Error.ToResult();
    }

    private static async Task<IResult> GetChunkAsync(
        Guid session, int index, UserContext user, SessionGuard guard, PipelineClient pipeline, CancellationToken cancellationToken)
    {
        var (chunk, refusal) = await FindChunkAsync(session, index, user, guard, pipeline, orAdmin: true, cancellationToken);
        return chunk is null ? refusal! : TypedResults.Ok(chunk);
    }

    private static async Task<IResult> DownloadAsync(
        Guid session, int index, HttpContext context, UserContext user, SessionGuard guard, PipelineClient pipeline, StorageClient storage, CancellationToken cancellationToken)
    {
        var (chunk, refusal) = await FindChunkAsync(session, index, user, guard, pipeline, orAdmin: false, cancellationToken);
        if (chunk is null)
        {
            return refusal!;
        }

        return chunk.FileSha256 is { } sha256
            ? await RelayAsync(() => storage.ChunkAsync(session, index, sha256, context.Request, cancellationToken), cancellationToken)
            : LucidResults.Error(LucidErrors.WrongState, "The chunk is not stored yet.", "chunk_not_stored");
    }

    private static async Task<IResult> ProveAsync(
        Guid session, int index, UserContext user, SessionGuard guard, StorageClient storage, HttpContext context, CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: true, cancellationToken);
        if (found is null)
        {
            return refusal!;
        }

        if (found.ManifestVersion is not { } version)
        {
            return LucidResults.Error(LucidErrors.WrongState, "The recording has no manifest yet.", "not_finalised");
        }

        var (manifest, fault) = await ReadManifestAsync(session, version, context.Request, storage, cancellationToken);
        if (manifest is null)
        {
            return fault!;
        }

        var leaf = manifest.Chunks.ToList().FindIndex(chunk => chunk.Index == index);
        return leaf < 0
            ? LucidResults.NotFound("The manifest lists no such chunk.", "chunk_not_found")
            : TypedResults.Ok(ChunkProof.Of(manifest, leaf));
    }

    private static async Task<(Manifest? Manifest, IResult? Refusal)> ReadManifestAsync(
        Guid session, int version, HttpRequest request, StorageClient storage, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await storage.ManifestAsync(session, version, request, cancellationToken);
            return response.IsSuccessStatusCode
                ? (Manifest.Parse(await response.Content.ReadAsByteArrayAsync(cancellationToken)), null)
                : (null, (await response.ReadErrorAsync(cancellationToken)).ToResult());
        }
        catch (HttpRequestException)
        {
            return (null, Relay.StoreIsAway);
        }
        catch (EvidenceException)
        {
            return (null, LucidResults.Error(LucidErrors.IntegrityFailed, "The stored manifest cannot be read; the proof is withheld.", "integrity_failed"));
        }
    }

    private static async Task<IResult> AnchoringAsync(Guid session, UserContext user, SessionGuard guard, CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: true, cancellationToken);
        return found is null
            ? refusal!
            : TypedResults.Ok(new SessionAnchoringView(found.AnchorStatus, found.MerkleRoot, found.TransactionId, found.BlockHash, found.BlockHeight));
    }

    private static async Task<IResult> StreamAsync(
        Guid session, UserContext user, SessionGuard guard, Func<SessionView, Task<HttpResponseMessage>> call, bool orAdmin, CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin, cancellationToken);
        return found is null ? refusal! : await RelayAsync(() => call(found), cancellationToken);
    }

    private static async Task<IResult> RelayAsync(Func<Task<HttpResponseMessage>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await Relay.AnswerAsync(await call(), cancellationToken);
        }
        catch (HttpRequestException)
        {
            return Relay.StoreIsAway;
        }
    }

    private static async Task<(ChunkLedgerEntry? Chunk, IResult? Refusal)> FindChunkAsync(
        Guid session, int index, UserContext user, SessionGuard guard, PipelineClient pipeline, bool orAdmin, CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin, cancellationToken);
        if (found is null)
        {
            return (null, refusal);
        }

        var page = await pipeline.ChunksAsync(session, index - 1, cancellationToken);
        if (!page.IsSuccess)
        {
            return (null, page.Error.ToResult());
        }

        return page.Value.Chunks.FirstOrDefault(chunk => chunk.Index == index) is { } chunk
            ? (chunk, null)
            : (null, LucidResults.NotFound("The session has no such chunk.", "chunk_not_found"));
    }
}

public sealed record SessionAnchoringView(string AnchorStatus, string? MerkleRoot, string? TransactionId, string? BlockId, long? BlockHeight);
