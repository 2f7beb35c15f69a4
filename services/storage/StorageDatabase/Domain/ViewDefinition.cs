using Lucid.Contracts.ReadModel;

namespace Lucid.StorageDatabase.Domain;

/// <summary>What a view can be asked. Every implementation of the read model lays its storage out by this.</summary>
/// <param name="Owner">Field that names the user a document belongs to.</param>
/// <param name="Time">Field that <c>from</c> and <c>to</c> bound and that lists are sorted by unless they say otherwise.</param>
/// <param name="Text">Paths whose words are searched.</param>
internal sealed record ViewDefinition(string Name, string Owner, string Time, IReadOnlyList<ViewField> Fields, IReadOnlyList<string> Text)
{
    /// <summary>Sessions as their pipeline shows them.</summary>
    public static ViewDefinition Sessions { get; } = new(
        Views.Sessions,
        Owner: "user_id",
        Time: "created_at",
        [
            new("user_id", "user_id", FieldKind.Keyword),
            new("state", "state", FieldKind.Keyword),
            new("project", "metadata.project", FieldKind.Keyword),
            new("environment", "metadata.environment", FieldKind.Keyword),
            new("tag", "metadata.tags", FieldKind.Keywords),
            new("created_at", "created_at", FieldKind.Time),
            new("updated_at", "updated_at", FieldKind.Time),
            new("name", "name", FieldKind.Title),
            new("size", "size_bytes", FieldKind.Number),
        ],
        ["name", "description", "metadata.project", "metadata.environment", "metadata.tags"]);

    public static IReadOnlyList<ViewDefinition> All { get; } = [Sessions];

    public static ViewDefinition? Find(string name) => All.FirstOrDefault(view => view.Name == name);

    public ViewField? Field(string name) => Fields.FirstOrDefault(field => field.Name == name);
}
