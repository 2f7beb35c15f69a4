using Lucid.Contracts.Chain;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;

namespace Lucid.SessionPipeline.Subscriptions;

/// <summary>A hint that an anchor is final: the drive fetches and checks the receipt now instead of at its next turn.</summary>
public static class ChainSubscription
{
    public static void MapChainSubscription(this IEndpointRouteBuilder routes) =>
        routes.MapTopic(Topics.Chain, async (TopicEvent message, SessionActors actors) =>
        {
            if (message.Type == EventTypes.SessionAnchored && Guid.TryParseExact(message.Read<AnchorNotice>().SessionId, "D", out var session))
            {
                await actors[session].DriveAsync();
            }

            return Results.Ok();
        });
}
