namespace Lucid.Sidecar.Components;

/// <summary>A Component resource as one app sees it: scopes applied, secret and environment references resolved.</summary>
/// <param name="Name"><c>metadata.name</c>; unique within an app.</param>
/// <param name="Type"><c>spec.type</c>, for example <c>state.sqlite</c>.</param>
/// <param name="Metadata"><c>spec.metadata</c> by name; names are compared without case, as daprd does.</param>
/// <param name="BaseDirectory">Relative paths in metadata are resolved from here: the folder of the run file, or the working directory.</param>
/// <param name="Source">File and line, for messages.</param>
public sealed record ComponentDefinition(
    string Name,
    string Type,
    string Version,
    IReadOnlyDictionary<string, string> Metadata,
    string BaseDirectory,
    string Source)
{
    /// <summary>The value of a metadata field, or null.</summary>
    public string? this[string name] => Metadata.GetValueOrDefault(name);
}
