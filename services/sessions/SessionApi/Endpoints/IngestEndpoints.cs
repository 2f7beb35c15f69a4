using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionApi.Clients;
using Lucid.SessionApi.Domain;

namespace Lucid.SessionApi.Endpoints;

/// <summary>Ingest for sources outside the platform's own desktops: the owner's token opens the way, the ingest token the recording.</summary>
public static class IngestEndpoints
{
    public static void MapIngest(this IEndpointRouteBuilder routes)
    {
        var ingest = routes.MapGroup("/api/v1/sessions/{session:guid}/ingest").WithTags("Ingest").RequireUser();
        ingest.MapGet("", PositionAsync).WithName("GetSessionIngest").Produces<IngestPosition>().WithSummary("Where the next fragment group belongs");
        ingest.MapPut("/{epoch:int}/{run:int}/{offset:long}", PutAsync)
            .WithName("PutSessionFragments").Produces<IngestPosition>().WithSummary("A group of whole fragments; the answer means it is durable");
    }

    private static async Task<IResult> PositionAsync(Guid session, HttpContext context, RecorderClient recorder, CancellationToken cancellationToken) =>
        await RelayAsync(() => recorder.PositionAsync(session, Token(context), cancellationToken), cancellationToken);

    private static async Task<IResult> PutAsync(
        Guid session, int epoch, int run, long offset, HttpContext context, RecorderClient recorder, CancellationToken cancellationToken)
    {
        if (context.Request.ContentLength is not { } length)
        {
            return LucidResults.Error(LucidErrors.InvalidRequest, "Send a Content-Length: a group is one request of known size.", "length_required");
        }

        return length > PublicRouteTable.MaxFragmentGroup
            ? LucidResults.Error(LucidErrors.ChunkSize, $"A fragment group has at most {PublicRouteTable.MaxFragmentGroup} bytes.", "chunk_size_exceeded")
            : await RelayAsync(() => recorder.IngestAsync(session, epoch, run, offset, Token(context), context.Request, cancellationToken), cancellationToken);
    }

    private static string Token(HttpContext context) => context.Request.Headers[LucidHeaders.IngestToken].ToString();

    private static async Task<IResult> RelayAsync(Func<Task<HttpResponseMessage>> call, CancellationToken cancellationToken)
    {
        try
        {
            return await Relay.AnswerAsync(await call(), cancellationToken);
        }
        catch (HttpRequestException)
        {
            return LucidResults.Error(LucidErrors.Unavailable, "The recorder does not answer; send the group again.", "recorder_unavailable");
        }
    }
}
