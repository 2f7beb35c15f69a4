using Lucid.ChunkProcessor.Domain;
using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;

namespace Lucid.ChunkProcessor.Subscriptions;

/// <summary>Chunks to process, as their pipelines announce them.</summary>
public static class ChunkSubscription
{
    public static void MapChunkSubscription(this IEndpointRouteBuilder routes) =>
        routes.MapTopic(Topics.Sessions, HandleAsync);

    private static async Task<IResult> HandleAsync(TopicEvent message, ChunkWork work, CancellationToken cancellationToken)
    {
        if (message.Type != EventTypes.ChunkSealed)
        {
            return Results.Ok();
        }

        return await work.RunAsync(message.Read<ChunkNotice>(), cancellationToken) == ChunkWorkOutcome.Done ? Results.Ok() : TopicResults.Retry;
    }
}
