using Lucid.Contracts.Errors;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionApi.Clients;
using Lucid.SessionApi.Domain;

namespace Lucid.SessionApi.Endpoints;

/// <summary>start, stop, pause, resume and cancel for the owner; retry and finalise for administrators.</summary>
public static class SessionCommandEndpoints
{
    public static void MapSessionCommands(this IEndpointRouteBuilder routes)
    {
        var session = routes.MapGroup("/api/v1/sessions/{session:guid}").WithTags("Sessions").RequireUser();
        session.MapPost("/start", StartAsync)
            .WithName("StartSession").WithSummary("Begins to record, under a live consent; answers with the ingest grant")
            .Produces<SessionStarted>(StatusCodes.Status202Accepted);
        session.MapPost("/stop", (Guid session, StopSession? body, UserContext user, SessionGuard guard, PipelineClient pipeline, CancellationToken cancellationToken) =>
                RunAsync(session, "stop", body?.Reason, user, guard, pipeline, StatusCodes.Status202Accepted, cancellationToken))
            .WithName("StopSession").Produces<SessionView>(StatusCodes.Status202Accepted).WithSummary("Ends the recording; processing and anchoring follow");
        foreach (var command in (string[])["pause", "resume", "cancel"])
        {
            session.MapPost($"/{command}", (Guid session, StopSession? body, UserContext user, SessionGuard guard, PipelineClient pipeline, CancellationToken cancellationToken) =>
                    RunAsync(session, command, body?.Reason, user, guard, pipeline, StatusCodes.Status200OK, cancellationToken))
                .WithName($"{char.ToUpperInvariant(command[0])}{command[1..]}Session").WithSummary($"{char.ToUpperInvariant(command[0])}{command[1..]}s the session")
                .Produces<SessionView>();
        }

        session.MapPost("/pipeline/retry", (Guid session, UserContext user, SessionGuard guard, PipelineClient pipeline, CancellationToken cancellationToken) =>
                OperateAsync(session, "retry", user, guard, pipeline, cancellationToken))
            .WithName("RetrySession").Produces<SessionView>(StatusCodes.Status202Accepted).WithSummary("Processes a failed session again, from what the recorder kept");
        session.MapPost("/pipeline/finalise", (Guid session, UserContext user, SessionGuard guard, PipelineClient pipeline, CancellationToken cancellationToken) =>
                OperateAsync(session, "finalise-incomplete", user, guard, pipeline, cancellationToken))
            .WithName("FinaliseSession").Produces<SessionView>(StatusCodes.Status202Accepted)
            .WithSummary("Seals what is stored of a failed session; the manifest names what is missing");
    }

    private static async Task<IResult> OperateAsync(
        Guid session, string command, UserContext user, SessionGuard guard, PipelineClient pipeline, CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: true, cancellationToken);
        if (found is null)
        {
            return refusal!;
        }

        if (!Roles.MaySeeAll(user.Role))
        {
            return LucidResults.Error(LucidErrors.Forbidden, "An administrator does this.", "admin_required");
        }

        var done = await pipeline.CommandAsync(session, command, new(), cancellationToken);
        return done.IsSuccess ? TypedResults.Json(done.Value.Session, statusCode: StatusCodes.Status202Accepted) : done.Error.ToResult();
    }

    private static async Task<IResult> StartAsync(
        Guid session, StartSession request, UserContext user, SessionGuard guard, PipelineClient pipeline, EntityStore<Consent> consents, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: false, cancellationToken);
        if (found is null)
        {
            return refusal!;
        }

        var consent = Guid.TryParseExact(request.ConsentId, "D", out var id) ? await consents.FindAsync(id, cancellationToken) : null;
        var lacks = consent is null ? "There is no such consent; grant one first." : consent.Value.Lacks(found, user.UserId.ToString("D"), request.PolicyHash, time.GetUtcNow());
        if (lacks is not null)
        {
            return LucidResults.Error(LucidErrors.Forbidden, lacks, "consent_required");
        }

        var started = await pipeline.CommandAsync(
            session, "start",
            new(request.ConsentId, request.PolicyHash, new ConsentReference(request.ConsentId, consent!.Value.ReceiptHash)), cancellationToken);
        return started.IsSuccess
            ? TypedResults.Accepted((string?)null, new SessionStarted(session.ToString("D"), started.Value.Session.State, started.Value.Ingest))
            : started.Error.ToResult();
    }

    private static async Task<IResult> RunAsync(
        Guid session, string command, string? reason, UserContext user, SessionGuard guard, PipelineClient pipeline, int status, CancellationToken cancellationToken)
    {
        if (reason?.Length > 200)
        {
            return LucidResults.Invalid(new FieldError("reason", "0-200", "reason has at most 200 characters."));
        }

        var (found, refusal) = await guard.FindAsync(session, user, orAdmin: command is "stop" or "cancel", cancellationToken);
        if (found is null)
        {
            return refusal!;
        }

        var done = await pipeline.CommandAsync(session, command, new(Reason: reason), cancellationToken);
        return done.IsSuccess ? TypedResults.Json(done.Value.Session, statusCode: status) : done.Error.ToResult();
    }
}
