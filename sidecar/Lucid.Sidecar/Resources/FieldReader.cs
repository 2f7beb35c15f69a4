using System.Globalization;

namespace Lucid.Sidecar.Resources;

/// <summary>
/// Takes the fields of one mapping, each by name and type. What was not taken when the reader ends is an error that names file, line,
/// field and kind: nothing in a file is passed over in silence.
/// </summary>
internal sealed class FieldReader
{
    private readonly YamlMapping mapping;
    private readonly string kind;
    private readonly string path;
    private readonly HashSet<string> taken = new(StringComparer.Ordinal);

    private FieldReader(YamlMapping mapping, string kind, string path)
    {
        this.mapping = mapping;
        this.kind = kind;
        this.path = path;
    }

    public SourceLocation Location => mapping.Location;

    /// <summary>Reads a whole node; <paramref name="kind"/> is what messages call the resource.</summary>
    public static T Read<T>(YamlNode node, string kind, Func<FieldReader, T> read) => Read(node, kind, "", read);

    private static T Read<T>(YamlNode node, string kind, string path, Func<FieldReader, T> read)
    {
        if (node is not YamlMapping mapping)
        {
            var what = path.Length == 0 ? $"a resource of kind {kind}" : $"field '{path}' of kind {kind}";
            throw new ResourceException(node.Location, $"{what} must be a mapping, not {node.Shape}");
        }

        var reader = new FieldReader(mapping, kind, path);
        var result = read(reader);
        reader.End();
        return result;
    }

    /// <summary>The node of a field; null when it is absent or empty.</summary>
    public YamlNode? Take(string name)
    {
        taken.Add(name);
        return mapping.Fields.TryGetValue(name, out var node) && node is not YamlScalar { IsNull: true } ? node : null;
    }

    public ResourceException Error(string name, string message) =>
        new(mapping.Fields.TryGetValue(name, out var node) ? node.Location : Location, $"field '{Path(name)}' of kind {kind} {message}");

    public string? Text(string name) => Take(name) is { } node ? TextOf(name, node) : null;

    public string RequiredText(string name)
    {
        var text = Text(name);
        return string.IsNullOrEmpty(text) ? throw Error(name, "is required") : text;
    }

    /// <summary>One of <paramref name="accepted"/>, exactly as spelled there.</summary>
    public string? Choice(string name, params ReadOnlySpan<string> accepted)
    {
        var text = Text(name);
        return text is null || accepted.Contains(text)
            ? text
            : throw Error(name, $"must be one of {string.Join(", ", accepted!)}, not '{text}'");
    }

    /// <summary>Any scalar, as it is written: for fields that daprd reads as text whatever their type.</summary>
    public string? AnyScalar(string name) => Take(name) is { } node ? AnyScalarOf(name, node) : null;

    public bool? Bool(string name) => Take(name) switch
    {
        null => null,
        YamlScalar { IsPlain: true, Value: "true" or "True" or "TRUE" } => true,
        YamlScalar { IsPlain: true, Value: "false" or "False" or "FALSE" } => false,
        var node => throw Error(name, $"must be true or false without quotes, not {Shown(node)}"),
    };

    public int? Int(string name, int minimum, int maximum) => Take(name) switch
    {
        null => null,
        YamlScalar { IsPlain: true } scalar when int.TryParse(scalar.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= minimum && number <= maximum => number,
        var node => throw Error(name, $"must be a whole number from {minimum} to {maximum} without quotes, not {Shown(node)}"),
    };

    /// <summary>A Go duration, not negative.</summary>
    public TimeSpan? Duration(string name) => Text(name) is not { } text
        ? null
        : GoDuration.TryParse(text, out var duration) && duration >= TimeSpan.Zero
            ? duration
            : throw Error(name, $"must be a duration such as 500ms, 5s or 1h30m, not '{text}'");

    /// <summary>A size such as 16Mi, in bytes.</summary>
    public long? Bytes(string name) => AnyScalar(name) is not { } text
        ? null
        : ByteQuantity.TryParse(text, out var bytes)
            ? bytes
            : throw Error(name, $"must be a size such as 65536, 512Ki or 16Mi, not '{text}'");

    public IReadOnlyList<string> TextList(string name) => Items(name).Select((item, index) => TextOf($"{name}[{index}]", item)).ToList();

    public IReadOnlyList<string> AnyScalarList(string name) => Items(name).Select((item, index) => AnyScalarOf($"{name}[{index}]", item)).ToList();

    public IReadOnlyDictionary<string, string> TextMap(string name) => Entries(name, (path, node) => TextOf(path, node));

    public IReadOnlyDictionary<string, string> AnyScalarMap(string name) => Entries(name, AnyScalarOf);

    public IReadOnlyDictionary<string, TimeSpan> DurationMap(string name) => Entries(name, (path, node) =>
        GoDuration.TryParse(TextOf(path, node), out var duration) && duration >= TimeSpan.Zero
            ? duration
            : throw Wrong(path, node, $"must be a duration such as 500ms, 5s or 1h30m, not '{((YamlScalar)node).Value}'"));

    public T? Object<T>(string name, Func<FieldReader, T> read) where T : class => Take(name) is { } node ? Read(node, kind, Path(name), read) : null;

    public IReadOnlyList<T> Objects<T>(string name, Func<FieldReader, T> read) =>
        Items(name).Select((item, index) => Read(item, kind, $"{Path(name)}[{index}]", read)).ToList();

    public IReadOnlyDictionary<string, T> ObjectMap<T>(string name, Func<FieldReader, T> read) =>
        Entries(name, (path, node) => Read(node, kind, Path(path), read));

    private Dictionary<string, T> Entries<T>(string name, Func<string, YamlNode, T> read) => Take(name) switch
    {
        null => [],
        YamlMapping entries => entries.Fields.ToDictionary(entry => entry.Key, entry => read($"{name}.{entry.Key}", entry.Value), StringComparer.Ordinal),
        var node => throw Wrong(name, node, $"must be a mapping, not {Shown(node)}"),
    };

    private IReadOnlyList<YamlNode> Items(string name) => Take(name) switch
    {
        null => [],
        YamlSequence list => list.Items,
        var node => throw Wrong(name, node, $"must be a list, not {Shown(node)}"),
    };

    private string TextOf(string name, YamlNode node) => node switch
    {
        YamlScalar { IsText: true } scalar => scalar.Value,
        YamlScalar scalar => throw Wrong(name, node, $"must be text; put {scalar.Value} in quotes"),
        _ => throw Wrong(name, node, $"must be text, not {node.Shape}"),
    };

    private string AnyScalarOf(string name, YamlNode node) => node is YamlScalar scalar
        ? scalar.IsNull ? "" : scalar.Value
        : throw Wrong(name, node, $"must be a single value, not {node.Shape}");

    private ResourceException Wrong(string name, YamlNode node, string message) =>
        new(node.Location, $"field '{Path(name)}' of kind {kind} {message}");

    private static string Shown(YamlNode? node) => node is YamlScalar scalar ? $"'{scalar.Value}'" : node?.Shape ?? "nothing";

    private string Path(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private void End()
    {
        foreach (var (name, node) in mapping.Fields)
        {
            if (!taken.Contains(name))
            {
                throw new ResourceException(
                    node.Location,
                    $"field '{Path(name)}' of kind {kind} is not supported by the embedded runtime; it reads here: {string.Join(", ", taken.Order(StringComparer.Ordinal))}");
            }
        }
    }
}
