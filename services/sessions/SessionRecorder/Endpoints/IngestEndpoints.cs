using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionRecorder.Domain;
using Lucid.SessionRecorder.Storage;
using Microsoft.AspNetCore.Mvc;

namespace Lucid.SessionRecorder.Endpoints;

/// <summary>Where capture sources deliver: one request for each group of whole fragments, answered when it is durable.</summary>
public static class IngestEndpoints
{
    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").WithTags("Ingest");
        group.MapGet(Routes.Recorder.IngestPosition, Position)
            .WithName("GetIngestPosition").Produces<IngestPosition>().WithSummary("Where the next fragment group belongs");
        group.MapPut(Routes.Recorder.IngestFragment, IngestAsync)
            .WithName("PutFragmentGroup").WithSummary("Accepts a group of whole fragments at its place in the run; the answer means it is durable")
            .Produces<IngestPosition>();
    }

    private static IResult Position(Guid session, HttpContext context, Recordings recordings) =>
        Find(session, context, recordings, out var spool, out var refusal) ? TypedResults.Ok(spool.State.Position) : refusal;

    private static async Task<IResult> IngestAsync(
        Guid session, int epoch, int run, long offset, HttpContext context, Recordings recordings, PipelineReporter reporter, CancellationToken cancellationToken)
    {
        if (!Find(session, context, recordings, out var spool, out var refusal))
        {
            return refusal;
        }

        if (context.Request.ContentLength is not { } length)
        {
            return LucidResults.Error(LucidErrors.InvalidRequest, "Send a Content-Length: a group is one request of known size.", "length_required");
        }

        if (length > PublicRouteTable.MaxFragmentGroup)
        {
            return LucidResults.Error(
                LucidErrors.ChunkSize, $"A fragment group has at most {PublicRouteTable.MaxFragmentGroup} bytes; cut it at a fragment border.", "chunk_size_exceeded");
        }

        var buffer = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            // A source that stays away in the middle throws here, before anything is written.
            await context.Request.Body.ReadExactlyAsync(buffer.AsMemory(0, (int)length), cancellationToken);
            var result = await spool.IngestAsync(epoch, run, offset, buffer.AsMemory(0, (int)length), cancellationToken);
            if (result.Outcome is IngestOutcome.SizeExceeded or IngestOutcome.DiskFull)
            {
                // The stop must not be lost with the request: end the recording whatever becomes of the caller.
                await EndQuietlyAsync(spool, result.Outcome == IngestOutcome.DiskFull ? RecordingReports.StorageFull : RecordingReports.SizeExceeded);
            }

            reporter.Wake(session);
            return Answer(result, spool.State.Position);
        }
        catch (EndOfStreamException)
        {
            return LucidResults.Error(LucidErrors.InvalidRequest, "The body ended before its declared length; send the group again.", "truncated_stream");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(buffer.AsSpan(0, (int)length));
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static IResult Answer(IngestResult result, IngestPosition position)
    {
        var details = new Dictionary<string, object?>
        {
            ["epoch"] = position.Epoch, ["run"] = position.Run, ["offset"] = position.Offset, ["status"] = position.Status,
        };
        return result.Outcome switch
        {
            IngestOutcome.Accepted or IngestOutcome.Repeated => TypedResults.Ok(position),
            IngestOutcome.WrongOffset => LucidResults.Error(LucidErrors.WrongState, "Go on at the run and offset in details.", "wrong_offset", details),
            IngestOutcome.StaleEpoch => LucidResults.Error(LucidErrors.WrongState, "Another recorder or source took over; ask for the ingest position.", "stale_epoch", details),
            IngestOutcome.Paused => LucidResults.Error(LucidErrors.WrongState, "The recording is paused; resume it first.", "recording_paused", details),
            IngestOutcome.Ended => LucidResults.Error(LucidErrors.WrongState, "The recording has ended; nothing more is accepted.", "recording_ended", details),
            IngestOutcome.SizeExceeded => LucidResults.Error(LucidErrors.SessionSize, "The session reached its largest size and was stopped.", "session_size_exceeded", details),
            IngestOutcome.DiskFull => LucidResults.Error(LucidErrors.StorageFull, "The recorder's disk is full; the recording was stopped, nothing acknowledged is lost.", "storage_full", details),
            _ => LucidResults.Error(LucidErrors.InvalidRequest, Explain(result.Fault), "malformed_fragments", details),
        };
    }

    private static string Explain(FragmentGroupFault fault) => fault switch
    {
        FragmentGroupFault.Empty => "The group holds no fragment.",
        FragmentGroupFault.Truncated => "The group ends inside a box; send whole fragments (moof with its mdat).",
        FragmentGroupFault.NoInitialisation => "The first group of a run begins with its initialisation segment (ftyp, moov).",
        FragmentGroupFault.InitialisationOutOfPlace => "An initialisation segment stands only at the start of a run; begin the next run.",
        FragmentGroupFault.NoVideoTrack => "The initialisation segment describes no video track.",
        _ => "An mdat has no moof before it.",
    };

    private static async Task EndQuietlyAsync(SessionSpool spool, string reason)
    {
        SpoolReserve.Release(spool.Folder);
        try
        {
            await spool.EndAsync(reason, CancellationToken.None);
        }
        catch (Lucid.Journal.JournalException)
        {
            // Not even the reserve was enough: the next group is refused the same way and tries again.
        }
    }

    /// <summary>The recording, for who presents its ingest token; an unknown one and a wrong token look alike.</summary>
    private static bool Find(Guid session, HttpContext context, Recordings recordings, out SessionSpool spool, out IResult refusal)
    {
        refusal = LucidResults.NotFound("There is no such recording here, or the ingest token is not its own.", "recording_not_found");
        spool = recordings.Find(session)!;
        if (spool?.State.Opening is not { } opening)
        {
            return false;
        }

        var presented = SHA256.HashData(Encoding.UTF8.GetBytes(context.Request.Headers[LucidHeaders.IngestToken].ToString()));
        return CryptographicOperations.FixedTimeEquals(presented, Convert.FromHexString(opening.TokenSha256));
    }
}
