namespace Lucid.Sidecar.Resources;

/// <summary>Reads resource folders and configuration files into one <see cref="ResourceSet"/>.</summary>
internal static class ResourceLoader
{
    private const string V1 = "dapr.io/v1alpha1";
    private const string V2 = "dapr.io/v2alpha1";

    /// <param name="resourcePaths">Folders (their <c>*.yaml</c> and <c>*.yml</c>, not those of folders below) or single files.</param>
    /// <param name="configFiles">Configuration files; the fields of a later one replace those of an earlier one.</param>
    /// <param name="namespace">The sidecar's namespace: a resource that names another one is left out.</param>
    /// <exception cref="ResourceException">A file cannot be used.</exception>
    public static ResourceSet Load(IReadOnlyList<string> resourcePaths, IReadOnlyList<string> configFiles, string @namespace)
    {
        var read = new Collected(@namespace);
        foreach (var file in resourcePaths.SelectMany(Files).Distinct(StringComparer.Ordinal))
        {
            foreach (var document in YamlReader.ReadFile(file))
            {
                read.Add(document);
            }
        }

        read.Policies.Check();
        return new ResourceSet(read.Components, read.Subscriptions, read.Resiliency, Configuration(configFiles));
    }

    private static ConfigurationResource Configuration(IReadOnlyList<string> files)
    {
        YamlNode? merged = null;
        foreach (var file in files)
        {
            var documents = YamlReader.ReadFile(file);
            if (documents.Count != 1)
            {
                throw new ResourceException(new SourceLocation(file, 0), $"a configuration file holds one document of kind Configuration, not {documents.Count}");
            }

            var (kind, version) = KindOf(documents[0]);
            if (kind != "Configuration" || version != V1)
            {
                throw new ResourceException(documents[0].Location, $"a configuration file holds kind Configuration of {V1}, not {kind} of {version}");
            }

            merged = merged is null ? documents[0] : merged.Overlay(documents[0]);
        }

        return merged is null ? ResourceSet.Empty.Configuration : ConfigurationParser.Parse(merged);
    }

    private static IEnumerable<string> Files(string path) => File.Exists(path)
        ? [path]
        : Directory.Exists(path)
            ? Directory.EnumerateFiles(path).Where(IsYaml).Order(StringComparer.Ordinal)
            : throw new ResourceException(new SourceLocation(path, 0), "no such file or folder of resources");

    private static bool IsYaml(string file) => Path.GetExtension(file) is ".yaml" or ".yml";

    private static (string Kind, string ApiVersion) KindOf(YamlNode document)
    {
        if (document is not YamlMapping { Fields: var fields })
        {
            throw new ResourceException(document.Location, $"a resource must be a mapping, not {document.Shape}");
        }

        return (Value("kind"), Value("apiVersion"));

        string Value(string name) => fields.GetValueOrDefault(name) is YamlScalar { Value.Length: > 0 } value
            ? value.Value
            : throw new ResourceException(document.Location, $"a resource needs the field '{name}'");
    }

    private sealed class Collected(string @namespace)
    {
        private readonly Dictionary<(string Kind, string Name), SourceLocation> named = [];

        public List<ComponentResource> Components { get; } = [];
        public List<SubscriptionResource> Subscriptions { get; } = [];
        public List<ResiliencyResource> Resiliency { get; } = [];
        public PolicyReferences Policies { get; } = new();

        public void Add(YamlNode document)
        {
            var (kind, version) = KindOf(document);
            switch (kind, version)
            {
                case ("Component", V1):
                    Keep(kind, ComponentParser.Parse(document), Components);
                    break;
                case ("Subscription", V1 or V2):
                    Keep(kind, SubscriptionParser.Parse(document, isV2: version == V2), Subscriptions);
                    break;
                case ("Resiliency", V1):
                    Keep(kind, ResiliencyParser.Parse(document, Policies), Resiliency);
                    break;
                case ("Component" or "Subscription" or "Resiliency", _):
                    throw new ResourceException(document.Location, $"apiVersion '{version}' of kind {kind} is not supported; known: {(kind == "Subscription" ? $"{V1}, {V2}" : V1)}");
                case ("Configuration", _):
                    throw new ResourceException(document.Location, "kind Configuration is not read from resource folders: name the file with --config (configFilePath in a run file)");
                case ("HTTPEndpoint" or "WorkflowAccessPolicy" or "MCPServer", _):
                    throw new ResourceException(document.Location, $"kind {kind} is not supported by the embedded runtime: remove it, or use daprd");
                default:
                    throw new ResourceException(document.Location, $"kind '{kind}' is unknown; known: Component, Subscription, Resiliency");
            }
        }

        private void Keep<T>(string kind, Parsed<T> parsed, List<T> into)
        {
            if (parsed.Namespace is { Length: > 0 } other && other != @namespace)
            {
                return;
            }

            if (parsed.Name is { } name && !named.TryAdd((kind, name), parsed.Location))
            {
                throw new ResourceException(parsed.Location, $"{kind} '{name}' is defined twice; the first stands at {named[(kind, name)]}");
            }

            into.Add(parsed.Resource);
        }
    }
}

/// <summary>A resource with what decides whether it is kept.</summary>
internal readonly record struct Parsed<T>(T Resource, string? Name, string? Namespace, SourceLocation Location);
