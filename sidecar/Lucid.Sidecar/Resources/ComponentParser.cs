namespace Lucid.Sidecar.Resources;

/// <summary>kind Component, dapr.io/v1alpha1.</summary>
internal static class ComponentParser
{
    private const string Kind = "Component";

    public static Parsed<ComponentResource> Parse(YamlNode document) => FieldReader.Read(document, Kind, root =>
    {
        _ = (root.Take("apiVersion"), root.Take("kind"));
        var (name, @namespace) = ResourceMetadata.Read(root, required: true);
        var spec = root.Object("spec", spec =>
        {
            var metadata = spec.Objects("metadata", Item);
            var twice = metadata.GroupBy(item => item.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(group => group.Count() > 1);
            return twice is null
                ? new ComponentResource(name!, @namespace, spec.RequiredText("type"), spec.Text("version") ?? "v1", root.Location)
                {
                    IgnoreErrors = spec.Bool("ignoreErrors") ?? false,
                    InitTimeout = spec.Duration("initTimeout"),
                    Metadata = metadata,
                }
                : throw new ResourceException(twice.Last().Location, $"metadata '{twice.Last().Name}' of component {name} is given twice");
        }) ?? throw root.Error("spec", "is required");
        var resource = spec with
        {
            Scopes = root.TextList("scopes"),
            SecretStore = root.Object("auth", auth => auth.RequiredText("secretStore")),
        };
        return new Parsed<ComponentResource>(resource, name, @namespace, root.Location);
    });

    private static ComponentMetadata Item(FieldReader item)
    {
        var metadata = new ComponentMetadata(item.RequiredText("name"), item.Location)
        {
            Value = item.AnyScalar("value"),
            SecretKeyRef = item.Object("secretKeyRef", reference =>
            {
                var name = reference.RequiredText("name");
                return new SecretKeyReference(name, reference.Text("key") is { Length: > 0 } key ? key : name);
            }),
            EnvRef = item.Text("envRef"),
        };
        var sources = (metadata.Value is null ? 0 : 1) + (metadata.SecretKeyRef is null ? 0 : 1) + (metadata.EnvRef is null ? 0 : 1);
        return sources == 1
            ? metadata
            : throw new ResourceException(item.Location, $"metadata '{metadata.Name}' needs exactly one of value, secretKeyRef and envRef");
    }
}
