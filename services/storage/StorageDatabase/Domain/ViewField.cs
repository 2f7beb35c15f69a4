namespace Lucid.StorageDatabase.Domain;

internal enum FieldKind
{
    /// <summary>Text, compared exactly by its UTF-8 bytes.</summary>
    Keyword,

    /// <summary>An array of texts; a filter asks whether one of them equals.</summary>
    Keywords,

    /// <summary>Text, sorted in lower case by its UTF-8 bytes.</summary>
    Title,

    /// <summary>RFC 3339 time, sorted by instant.</summary>
    Time,

    /// <summary>64-bit integer.</summary>
    Number,
}

/// <summary>A member of a view's document that lists may filter or sort by.</summary>
/// <param name="Name">As in filters and sort orders; [a-z_], because implementations name columns after it.</param>
/// <param name="Path">Members from the document's root, joined by dots.</param>
internal sealed record ViewField(string Name, string Path, FieldKind Kind)
{
    public bool IsFilter => Kind is FieldKind.Keyword or FieldKind.Keywords;

    public bool IsSort => Kind is FieldKind.Title or FieldKind.Time or FieldKind.Number;
}
