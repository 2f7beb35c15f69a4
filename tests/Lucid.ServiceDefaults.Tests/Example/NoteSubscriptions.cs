using Lucid.Contracts.Events;

namespace Lucid.ServiceDefaults.Tests.Example;

internal static class NoteSubscriptions
{
    private sealed record Anchored(Guid NoteId);

    public static void MapNoteSubscriptions(this IEndpointRouteBuilder routes) => routes.MapTopic(Topics.Chain, OnChainAsync);

    private static async Task OnChainAsync(TopicEvent delivered, EntityStore<Note> notes, CancellationToken cancellationToken)
    {
        if (delivered.Type != EventTypes.SessionAnchored)
        {
            return;
        }

        await notes.UpdateAsync(
            delivered.Read<Anchored>().NoteId,
            note =>
            {
                if (note is not null && !note.Value.Seen.Contains(delivered.Id))
                {
                    note.Value = note.Value with { IsAnchored = true, Seen = note.Value.Seen.With(delivered.Id) };
                }

                return note is not null;
            },
            cancellationToken);
    }
}
