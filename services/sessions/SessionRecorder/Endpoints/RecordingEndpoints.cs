using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionRecorder.Storage;

namespace Lucid.SessionRecorder.Endpoints;

/// <summary>What the pipeline does with a recording.</summary>
public static class RecordingEndpoints
{
    public static void MapRecordings(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Recordings");
        group.MapPost(Routes.Recorder.Recordings, OpenAsync)
            .WithName("OpenRecording").Produces<RecordingStatus>().WithSummary("Begins to accept fragments of a session; idempotent for an epoch");
        group.MapGet(Routes.Recorder.RecordingById, Get)
            .WithName("GetRecording").Produces<RecordingStatus>().WithSummary("State of a recording");
        group.MapPost(Routes.Recorder.RecordingCommand, CommandAsync)
            .WithName("CommandRecording").Produces<RecordingStatus>().WithSummary("stop, pause or resume; idempotent");
        group.MapDelete(Routes.Recorder.RecordingById, RemoveAsync)
            .WithName("RemoveRecording").Produces(StatusCodes.Status204NoContent).WithSummary("Destroys the spool key and the spool");
    }

    private static async Task<IResult> OpenAsync(StartRecording request, Recordings recordings, CancellationToken cancellationToken)
    {
        if (!Guid.TryParseExact(request.SessionId, "D", out var session))
        {
            return LucidResults.Error(LucidErrors.BadUuid, "session_id must be a UUID.");
        }

        return await recordings.OpenAsync(session, request, cancellationToken) switch
        {
            OpenOutcome.Opened => TypedResults.Ok(Describe(recordings.Find(session)!)),
            OpenOutcome.StaleEpoch => LucidResults.Error(LucidErrors.WrongState, "A higher epoch is already recording.", "stale_epoch"),
            OpenOutcome.NoCapacity => LucidResults.Error(LucidErrors.Concurrency, "This recorder records as much as it may; try again later.", "no_capacity"),
            _ => LucidResults.Error(LucidErrors.StorageFull, "The recorder has too little free space; make room or use another.", "storage_full"),
        };
    }

    private static IResult Get(Guid session, Recordings recordings) =>
        recordings.Find(session) is { } spool ? TypedResults.Ok(Describe(spool)) : Missing();

    private static async Task<IResult> CommandAsync(
        Guid session, string command, PipelineCommand? body, Recordings recordings, PipelineReporter reporter, CancellationToken cancellationToken)
    {
        if (recordings.Find(session) is not { } spool)
        {
            return Missing();
        }

        switch (command)
        {
            case "stop":
                await spool.EndAsync(body?.Reason ?? RecordingReports.Ended, cancellationToken);
                break;
            case "pause" or "resume":
                await spool.PauseAsync(command == "pause", cancellationToken);
                break;
            default:
                return LucidResults.NotFound("Commands are stop, pause and resume.", "unknown_command");
        }

        reporter.Wake(session);
        return TypedResults.Ok(Describe(spool));
    }

    private static async Task<IResult> RemoveAsync(Guid session, Recordings recordings)
    {
        await recordings.RemoveAsync(session);
        return TypedResults.NoContent();
    }

    private static RecordingStatus Describe(SessionSpool spool)
    {
        var state = spool.State;
        return new(
            spool.SessionId, state.Opening?.Epoch ?? 0, state.Status, Math.Max(state.Run, 0), state.Offset, state.PlainBytes, state.NextIndex, state.DurationMs);
    }

    private static IResult Missing() => LucidResults.NotFound("This recorder has no such recording.", "recording_not_found");
}
