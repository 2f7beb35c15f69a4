using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Lucid.Sidecar.Resources;

/// <summary>
/// Reads the documents of a YAML file into nodes that know their line. Only plain data is accepted: aliases, anchors, tags and merge keys
/// are refused, and size, depth and count are bounded, so that a hostile file costs little.
/// </summary>
internal static class YamlReader
{
    public const int MaximumBytes = 1 << 20;
    public const int MaximumDepth = 32;
    public const int MaximumNodes = 50_000;
    public const int MaximumScalar = 64 << 10;

    /// <exception cref="ResourceException">The file is absent, too large or not the YAML described above.</exception>
    public static IReadOnlyList<YamlNode> ReadFile(string path)
    {
        var whole = new SourceLocation(path, 0);
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var buffer = new byte[Math.Min(file.Length, MaximumBytes) + 1];
            var length = file.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            return length > MaximumBytes
                ? throw new ResourceException(whole, $"the file is larger than {MaximumBytes} bytes")
                : ReadText(System.Text.Encoding.UTF8.GetString(buffer, 0, length), path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ResourceException(whole, $"cannot be read: {error.Message}");
        }
    }

    /// <summary>The documents of <paramref name="text"/>; empty documents are left out.</summary>
    /// <exception cref="ResourceException">See <see cref="ReadFile"/>.</exception>
    public static IReadOnlyList<YamlNode> ReadText(string text, string file)
    {
        var build = new Builder(new Parser(new StringReader(text.TrimStart('\uFEFF'))), file);
        try
        {
            return build.Documents();
        }
        catch (YamlException error)
        {
            throw new ResourceException(new SourceLocation(file, (int)Math.Max(1, error.Start.Line)), $"not valid YAML: {error.Message}");
        }
    }

    private sealed class Builder(Parser parser, string file)
    {
        private int nodes;

        public List<YamlNode> Documents()
        {
            var documents = new List<YamlNode>();
            parser.Consume<StreamStart>();
            while (!parser.TryConsume<StreamEnd>(out _))
            {
                parser.Consume<DocumentStart>();
                var document = Node(1);
                parser.Consume<DocumentEnd>();
                if (document is not YamlScalar { IsNull: true })
                {
                    documents.Add(document);
                }
            }

            return documents;
        }

        private YamlNode Node(int depth)
        {
            var current = parser.Consume<ParsingEvent>();
            var location = Location(current);
            if (++nodes > MaximumNodes)
            {
                throw new ResourceException(location, $"more than {MaximumNodes} values");
            }

            if (depth > MaximumDepth)
            {
                throw new ResourceException(location, $"nested deeper than {MaximumDepth} levels");
            }

            return current switch
            {
                AnchorAlias => throw new ResourceException(location, "aliases (*name) are not supported: write the value out"),
                NodeEvent { Anchor.IsEmpty: false } => throw new ResourceException(location, "anchors (&name) are not supported: write the value out"),
                NodeEvent { Tag.IsEmpty: false } => throw new ResourceException(location, "tags (!name) are not supported"),
                Scalar scalar => Scalar(scalar, location),
                SequenceStart => Sequence(depth, location),
                MappingStart => Mapping(depth, location),
                _ => throw new ResourceException(location, $"not valid YAML: unexpected {current.GetType().Name}"),
            };
        }

        private static YamlScalar Scalar(Scalar scalar, SourceLocation location) => scalar.Value.Length > MaximumScalar
            ? throw new ResourceException(location, $"a value longer than {MaximumScalar} characters")
            : new YamlScalar(scalar.Value, scalar.Style == ScalarStyle.Plain, location);

        private YamlSequence Sequence(int depth, SourceLocation location)
        {
            var items = new List<YamlNode>();
            while (!parser.TryConsume<SequenceEnd>(out _))
            {
                items.Add(Node(depth + 1));
            }

            return new YamlSequence(items, location);
        }

        private YamlMapping Mapping(int depth, SourceLocation location)
        {
            var fields = new Dictionary<string, YamlNode>(StringComparer.Ordinal);
            while (!parser.TryConsume<MappingEnd>(out _))
            {
                if (Node(depth + 1) is not YamlScalar key)
                {
                    throw new ResourceException(location, "a field name must be text");
                }

                if (key is { IsPlain: true, Value: "<<" })
                {
                    throw new ResourceException(key.Location, "merge keys (<<) are not supported: write the fields out");
                }

                var value = Node(depth + 1);
                if (!fields.TryAdd(key.Value, value))
                {
                    throw new ResourceException(key.Location, $"duplicate field '{key.Value}'; the first stands on line {fields[key.Value].Location.Line}");
                }

                // An error about a field is reported where its name stands, not where a nested block begins.
                fields[key.Value] = value with { Location = key.Location };
            }

            return new YamlMapping(fields, location);
        }

        private SourceLocation Location(ParsingEvent at) => new(file, (int)Math.Max(1, at.Start.Line));
    }
}
