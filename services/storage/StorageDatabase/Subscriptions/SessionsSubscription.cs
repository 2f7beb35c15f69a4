using System.Text.Json;
using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.StorageDatabase.Domain;

namespace Lucid.StorageDatabase.Subscriptions;

/// <summary>
/// Keeps the view of sessions from the <c>session.*</c> events that carry a session; their version orders them, so deliveries may repeat and
/// overtake each other. Everything else on the topic is left alone.
/// </summary>
internal static class SessionsSubscription
{
    public static void MapSessionsSubscription(this IEndpointRouteBuilder routes) => routes.MapTopic(Topics.Sessions, OnSessionAsync);

    private static async Task OnSessionAsync(TopicEvent message, IReadModel readModel, IndexLag lag, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!message.Type.StartsWith("session.", StringComparison.Ordinal)
            || message.Data.ValueKind != JsonValueKind.Object
            || !message.Data.TryGetProperty("session", out _))
        {
            return;
        }

        var session = message.Read<SessionNotice>().Session;
        var change = SessionDocuments.Of(session, session.Version);
        if (message.Type == EventTypes.SessionDeleted)
        {
            change = change with { Document = null };
        }

        var published = message.Time == default ? clock.GetUtcNow() : message.Time;
        lag.Seen(ViewDefinition.Sessions, message.Id, published);
        var changes = await readModel.UpsertAsync(ViewDefinition.Sessions, [change], cancellationToken);
        lag.Applied(ViewDefinition.Sessions, message.Id, published, changes);
    }
}
