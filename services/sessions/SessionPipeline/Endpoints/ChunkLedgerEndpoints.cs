using Lucid.Contracts.Access;
using Lucid.Contracts.Sessions;
using Lucid.SessionPipeline.Actors;

namespace Lucid.SessionPipeline.Endpoints;

/// <summary>The chunk ledger for recorder, processor and session-api. Every write is idempotent.</summary>
public static class ChunkLedgerEndpoints
{
    public static void MapChunkLedger(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Chunk ledger");
        group.MapPost(Routes.Pipeline.ChunkSealed, async (Guid session, int index, ChunkSealed body, SessionActors actors) =>
                (await actors[session].SealAsync(new(index, body))).ToResult())
            .WithName("SealChunk").Produces<ChunkLedgerEntry>().WithSummary("Registers a sealed chunk");
        group.MapPost(Routes.Pipeline.ChunkCommit, async (Guid session, int index, ChunkCommit body, SessionActors actors) =>
                (await actors[session].CommitAsync(new(index, body))).ToResult())
            .WithName("CommitChunk").Produces<ChunkLedgerEntry>().WithSummary("Binds an index to its stored file");
        group.MapPost(Routes.Pipeline.ChunkFailed, async (Guid session, int index, ChunkFailure body, SessionActors actors) =>
                (await actors[session].FailChunkAsync(new(index, body))).ToResult())
            .WithName("FailChunk").Produces<ChunkLedgerEntry>().WithSummary("Reports a chunk that cannot be stored");
        group.MapPost(Routes.Pipeline.RecordingReport, async (Guid session, RecordingReport body, SessionActors actors) =>
            {
                var reply = await actors[session].ReportAsync(body);
                return reply.ToResult();
            })
            .WithName("ReportRecording").Produces<SessionView>().WithSummary("First fragment, or the end of the recording");
        group.MapGet(Routes.Pipeline.Resume, async (Guid session, SessionActors actors) => (await actors[session].ResumePointAsync()).ToResult())
            .WithName("GetResumePoint").Produces<ResumePoint>().WithSummary("Where a recorder goes on");
        group.MapGet(Routes.Pipeline.DataKey, async (Guid session, int index, SessionActors actors) => (await actors[session].DataKeyAsync(index)).ToResult())
            .WithName("GetDataKey").Produces<DataKey>().WithSummary("The data key for one sealed chunk");
        group.MapGet(Routes.Pipeline.Chunks, async (Guid session, int? after, SessionActors actors) => (await actors[session].ChunksAsync(after ?? -1)).ToResult())
            .WithName("ListChunks").Produces<ChunkPage>().WithSummary("The ledger, page by page");
    }
}
