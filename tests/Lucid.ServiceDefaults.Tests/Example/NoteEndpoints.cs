using Lucid.Contracts.Events;

namespace Lucid.ServiceDefaults.Tests.Example;

/// <summary>One static class per resource; refusals are values.</summary>
internal static class NoteEndpoints
{
    public static void MapNotes(this IEndpointRouteBuilder routes)
    {
        var notes = routes.MapGroup("/api/v1/notes").WithTags("Notes").RequireUser();
        notes.MapPost("", CreateAsync).WithName("CreateNote").WithSummary("Creates a note").WithIdempotency();
        notes.MapGet("/{note:guid}", ReadAsync).WithName("ReadNote").WithSummary("Reads a note");
        notes.MapDelete("/{note:guid}", (Guid note) => TypedResults.NoContent()).RequireRole("admin").RequireStepUp();
    }

    private static async Task<IResult> CreateAsync(
        CreateNote body, UserContext user, EntityStore<Note> notes, NoteOptions options, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (body.Text.Length > options.NoteMaxLength)
        {
            return LucidResults.Invalid(LucidErrors.OutOfRange, new FieldError("text", "max_length", $"At most {options.NoteMaxLength} characters."));
        }

        var id = Guid.CreateVersion7(clock.GetUtcNow());
        var note = notes.New(id, new Note(user.UserId, body.Text, false, ProcessedEvents.None));
        note.Raise(Topics.Sessions, EventTypes.SessionCreated, new { note_id = id });
        await notes.SaveAsync(note, cancellationToken);
        return TypedResults.Created($"/api/v1/notes/{id}", new NoteView(id, body.Text, false));
    }

    private static async Task<IResult> ReadAsync(Guid note, UserContext user, EntityStore<Note> notes, CancellationToken cancellationToken) =>
        await notes.FindAsync(note, cancellationToken) is { } found && found.Value.Owner == user.UserId
            ? TypedResults.Ok(new NoteView(note, found.Value.Text, found.Value.IsAnchored))
            : LucidResults.NotFound("There is no such note of yours; list your notes to see which there are.", "note_not_found");
}
