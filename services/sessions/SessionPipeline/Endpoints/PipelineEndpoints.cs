using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Actors;

namespace Lucid.SessionPipeline.Endpoints;

/// <summary>What session-api does with a session.</summary>
public static class PipelineEndpoints
{
    public static void MapPipelines(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Pipelines");
        group.MapPost(Routes.Pipeline.Pipelines, CreateAsync).WithName("CreatePipeline").Produces<SessionView>(StatusCodes.Status201Created).WithSummary("A new session");
        group.MapGet(Routes.Pipeline.PipelineById, async (Guid session, SessionActors actors) => (await actors[session].GetAsync()).ToResult())
            .WithName("GetPipeline").Produces<SessionView>().WithSummary("The session");
        group.MapPut(Routes.Pipeline.PipelineById, async (Guid session, UpdatePipeline body, SessionActors actors) => (await actors[session].UpdateAsync(body)).ToResult())
            .WithName("UpdatePipeline").Produces<SessionView>().WithSummary("Changes descriptive fields; the recording's settings only before it starts");
        group.MapDelete(Routes.Pipeline.PipelineById, async (Guid session, SessionActors actors) => (await actors[session].DeleteAsync()).ToResult())
            .WithName("DeletePipeline").Produces<SessionView>().WithSummary("Destroys the keys, then the recording; the tombstone stays");
        group.MapPost(Routes.Pipeline.PipelineCommand, async (Guid session, string command, PipelineCommand body, SessionActors actors) =>
                (await actors[session].CommandAsync(new(command, body))).ToResult())
            .WithName("CommandPipeline").Produces<PipelineCommandResult>().WithSummary("start, stop, pause, resume, cancel, retry or finalise-incomplete");
    }

    private static async Task<IResult> CreateAsync(CreatePipeline request, SessionActors actors) =>
        Guid.TryParseExact(request.SessionId, "D", out var session)
            ? (await actors[session].CreateAsync(request)).ToResult(view => TypedResults.Created((string?)null, view))
            : LucidResults.Error(LucidErrors.BadUuid, "session_id must be a UUID.");
}
