using System.Text.Json;

namespace Lucid.Sidecar.Resources;

/// <summary>One node of a YAML document, with the line it stands on.</summary>
internal abstract record YamlNode(SourceLocation Location)
{
    /// <summary>How messages call this kind of node.</summary>
    public abstract string Shape { get; }

    /// <summary>Lays <paramref name="later"/> over this node: mappings are merged field by field, anything else is replaced.</summary>
    public YamlNode Overlay(YamlNode later)
    {
        if (this is not YamlMapping mine || later is not YamlMapping theirs)
        {
            return later is YamlScalar { IsNull: true } ? this : later;
        }

        var fields = mine.Fields.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, node) in theirs.Fields)
        {
            fields[name] = fields.TryGetValue(name, out var earlier) ? earlier.Overlay(node) : node;
        }

        return new YamlMapping(fields, later.Location);
    }

    public abstract void WriteJson(Utf8JsonWriter writer);
}

/// <param name="IsPlain">Written without quotes, so that YAML may read it as a number, a boolean or null.</param>
internal sealed record YamlScalar(string Value, bool IsPlain, SourceLocation Location) : YamlNode(Location)
{
    public override string Shape => IsNull ? "nothing" : IsText ? "text" : $"'{Value}' without quotes, which is no text in YAML";

    public bool IsNull => IsPlain && Value is "" or "~" or "null" or "Null" or "NULL";

    /// <summary>False for a plain scalar that YAML 1.1 reads as another type: daprd would refuse it where it wants text.</summary>
    public bool IsText => !IsPlain || !YamlTypes.HasOtherType(Value);

    public override void WriteJson(Utf8JsonWriter writer)
    {
        if (IsNull)
        {
            writer.WriteNullValue();
        }
        else if (IsPlain && Value is "true" or "false")
        {
            writer.WriteBooleanValue(Value == "true");
        }
        else if (IsPlain && long.TryParse(Value, out var number))
        {
            writer.WriteNumberValue(number);
        }
        else
        {
            writer.WriteStringValue(Value);
        }
    }
}

internal sealed record YamlSequence(IReadOnlyList<YamlNode> Items, SourceLocation Location) : YamlNode(Location)
{
    public override string Shape => "a list";

    public override void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        foreach (var item in Items)
        {
            item.WriteJson(writer);
        }

        writer.WriteEndArray();
    }
}

internal sealed record YamlMapping(IReadOnlyDictionary<string, YamlNode> Fields, SourceLocation Location) : YamlNode(Location)
{
    public override string Shape => "a mapping";

    public override void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        foreach (var (name, node) in Fields)
        {
            writer.WritePropertyName(name);
            node.WriteJson(writer);
        }

        writer.WriteEndObject();
    }
}
