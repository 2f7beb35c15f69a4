namespace Lucid.ServiceDefaults.Tests.Example;

/// <summary>The example's aggregate: an immutable record.</summary>
public sealed record Note(Guid Owner, string Text, bool IsAnchored, ProcessedEvents Seen);

public sealed record NoteView(Guid Id, string Text, bool IsAnchored);

public sealed record CreateNote(string Text, int Priority);
