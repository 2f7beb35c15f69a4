using Lucid.Contracts.Access;
using Lucid.ServiceDefaults;
using Lucid.SessionRecorder.Storage;

namespace Lucid.SessionRecorder.Endpoints;

/// <summary>Cut chunks for the chunk processor, in the clear; freed once they are stored.</summary>
public static class SpoolEndpoints
{
    public static void MapSpool(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Spool");
        group.MapGet(Routes.Recorder.Spool, ReadAsync)
            .WithName("GetSpooledChunk").Produces<Stream>(contentType: "application/octet-stream").WithSummary("Plain bytes of a cut chunk");
        group.MapDelete(Routes.Recorder.Spool, FreeAsync)
            .WithName("FreeSpooledChunk").Produces(StatusCodes.Status204NoContent).WithSummary("Forgets a chunk that is stored; idempotent");
    }

    private static async Task<IResult> ReadAsync(Guid session, int index, Recordings recordings, CancellationToken cancellationToken) =>
        recordings.Find(session) is { } spool && await spool.ReadChunkAsync(index, cancellationToken) is { } plain
            ? TypedResults.Bytes(plain, "application/octet-stream")
            : LucidResults.NotFound("The spool has no such chunk; it may be stored already.", "chunk_not_found");

    private static async Task<IResult> FreeAsync(Guid session, int index, Recordings recordings, CancellationToken cancellationToken)
    {
        if (recordings.Find(session) is { } spool)
        {
            await spool.FreeAsync(index, cancellationToken);
        }

        return TypedResults.NoContent();
    }
}
