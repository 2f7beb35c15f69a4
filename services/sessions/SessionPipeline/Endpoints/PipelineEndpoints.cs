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
        routes.MapPost(Routes.Pipeline.Pipelines, CreateAsync).WithName("CreatePipeline").WithSummary("A new session");
        routes.MapGet(Routes.Pipeline.PipelineById, async (Guid session, SessionActors actors) => (await actors[session].GetAsync()).ToResult())
            .WithName("GetPipeline").WithSummary("The session");
        routes.MapPut(Routes.Pipeline.PipelineById, async (Guid session, UpdatePipeline body, SessionActors actors) => (await actors[session].UpdateAsync(body)).ToResult())
            .WithName("UpdatePipeline").WithSummary("Changes descriptive fields; the recording's settings only before it starts");
        routes.MapDelete(Routes.Pipeline.PipelineById, async (Guid session, SessionActors actors) => (await actors[session].DeleteAsync()).ToResult())
            .WithName("DeletePipeline").WithSummary("Destroys the keys, then the recording; the tombstone stays");
        routes.MapPost(Routes.Pipeline.PipelineCommand, async (Guid session, string command, PipelineCommand body, SessionActors actors) =>
                (await actors[session].CommandAsync(new(command, body))).ToResult())
            .WithName("CommandPipeline").WithSummary("start, stop, pause, resume or cancel");
    }

    private static async Task<IResult> CreateAsync(CreatePipeline request, SessionActors actors) =>
        Guid.TryParseExact(request.SessionId, "D", out var session)
            ? (await actors[session].CreateAsync(request)).ToResult(view => TypedResults.Created((string?)null, view))
            : LucidResults.Error(LucidErrors.BadUuid, "session_id must be a UUID.");
}
