using Lucid.Contracts.Access;
using Lucid.Contracts.Sessions;
using Lucid.SessionPipeline.Actors;

namespace Lucid.SessionPipeline.Endpoints;

/// <summary>The chunk ledger for recorder, processor and session-api. Every write is idempotent.</summary>
public static class ChunkLedgerEndpoints
{
    public static void MapChunkLedger(this IEndpointRouteBuilder routes)
    {
        routes.MapPost(Routes.Pipeline.ChunkSealed, async (Guid session, int index, ChunkSealed body, SessionActors actors) =>
                (await actors[session].SealAsync(new(index, body))).ToResult())
            .WithName("SealChunk").WithSummary("Registers a sealed chunk");
        routes.MapPost(Routes.Pipeline.ChunkCommit, async (Guid session, int index, ChunkCommit body, SessionActors actors) =>
                (await actors[session].CommitAsync(new(index, body))).ToResult())
            .WithName("CommitChunk").WithSummary("Binds an index to its stored file");
        routes.MapPost(Routes.Pipeline.ChunkFailed, async (Guid session, int index, ChunkFailure body, SessionActors actors) =>
                (await actors[session].FailChunkAsync(new(index, body))).ToResult())
            .WithName("FailChunk").WithSummary("Reports a chunk that cannot be stored");
        routes.MapPost(Routes.Pipeline.RecordingReport, async (Guid session, RecordingReport body, SessionActors actors) =>
            {
                var reply = await actors[session].ReportAsync(body);
                return reply.ToResult();
            })
            .WithName("ReportRecording").WithSummary("First fragment, or the end of the recording");
        routes.MapGet(Routes.Pipeline.Resume, async (Guid session, SessionActors actors) => (await actors[session].ResumePointAsync()).ToResult())
            .WithName("GetResumePoint").WithSummary("Where a recorder goes on");
        routes.MapGet(Routes.Pipeline.DataKey, async (Guid session, int index, SessionActors actors) => (await actors[session].DataKeyAsync(index)).ToResult())
            .WithName("GetDataKey").WithSummary("The data key for one sealed chunk");
        routes.MapGet(Routes.Pipeline.Chunks, async (Guid session, int? after, SessionActors actors) => (await actors[session].ChunksAsync(after ?? -1)).ToResult())
            .WithName("ListChunks").WithSummary("The ledger, page by page");
    }
}
