namespace Lucid.Sidecar.Resources;

/// <summary>The <c>metadata</c> of a resource: name and namespace; labels and annotations mean nothing here and are checked only.</summary>
internal static class ResourceMetadata
{
    public static (string? Name, string? Namespace) Read(FieldReader root, bool required)
    {
        var metadata = root.Object("metadata", metadata =>
        {
            _ = (metadata.TextMap("labels"), metadata.TextMap("annotations"));
            return Tuple.Create(required ? metadata.RequiredText("name") : metadata.Text("name"), metadata.Text("namespace"));
        });
        return metadata is null && required ? throw root.Error("metadata", "is required") : (metadata?.Item1, metadata?.Item2);
    }
}
