using System.Text.Json;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Secrets;

/// <summary>
/// <c>secretstores.local.file</c>: a JSON object. Single-valued: nested members are flattened to <c>a:b:c</c>, arrays by index.
/// Multi-valued: one level of names, each an object whose own members are flattened.
/// </summary>
public sealed class LocalFileSecretStoreFactory : IComponentFactory<ISecretStore>
{
    public string Type => "secretstores.local.file";

    public IReadOnlySet<string> Fields { get; } =
        new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "secretsFile", "nestedSeparator", "multiValued" };

    public async ValueTask<ISecretStore> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken)
    {
        var path = Path.GetFullPath(definition.Required("secretsFile"), definition.BaseDirectory);
        var separator = definition["nestedSeparator"] is { Length: > 0 } given ? given : ":";
        try
        {
            await using var file = File.OpenRead(path);
            using var document = await JsonDocument.ParseAsync(file, cancellationToken: cancellationToken).ConfigureAwait(false);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
            {
                throw new ComponentException($"field secretsFile: {path} is not a JSON object");
            }

            return new SecretTable(definition.Flag("multiValued")
                ? MultiValued(document.RootElement, separator)
                : Flatten(document.RootElement, separator).ToDictionary(
                    pair => pair.Key, IReadOnlyDictionary<string, string> (pair) => new Dictionary<string, string> { [pair.Key] = pair.Value }));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            // The parser's message gives line and position, never the text around them.
            throw new ComponentException($"field secretsFile: cannot read {path}: {unreadable.Message}", unreadable);
        }
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> MultiValued(JsonElement root, string separator) =>
        root.EnumerateObject().ToDictionary(
            member => member.Name,
            IReadOnlyDictionary<string, string> (member) => member.Value.ValueKind is JsonValueKind.Object
                ? Flatten(member.Value, separator)
                : new Dictionary<string, string> { [member.Name] = Text(member.Value) });

    private static Dictionary<string, string> Flatten(JsonElement root, string separator)
    {
        var values = new Dictionary<string, string>();
        Visit(root, "");
        return values;

        void Visit(JsonElement element, string path)
        {
            switch (element.ValueKind)
            {
                case JsonValueKind.Object:
                    foreach (var member in element.EnumerateObject())
                    {
                        Visit(member.Value, Join(path, member.Name));
                    }

                    break;
                case JsonValueKind.Array:
                    var index = 0;
                    foreach (var item in element.EnumerateArray())
                    {
                        Visit(item, Join(path, $"{index++}"));
                    }

                    break;
                default:
                    if (!values.TryAdd(path, Text(element)))
                    {
                        throw new ComponentException($"field secretsFile: two values flatten to the name {path}");
                    }

                    break;
            }
        }

        string Join(string path, string name) => path.Length == 0 ? name : path + separator + name;
    }

    private static string Text(JsonElement element) =>
        element.ValueKind is JsonValueKind.String ? element.GetString()! : element.GetRawText();
}
