using System.IO.Compression;
using System.IO.Hashing;
using System.Text;
using System.Text.Json.Nodes;

namespace Lucid.Evidence.Tests;

/// <summary>Bundles whose framing and index are right, so that a change of one document is seen by who reads that document.</summary>
internal static class Repacked
{
    public static List<(string Path, byte[] Data)> Entries(byte[] bundle)
    {
        using var zip = new ZipArchive(new MemoryStream(bundle));
        return [.. zip.Entries.Select(entry =>
        {
            using var stream = entry.Open();
            var data = new MemoryStream();
            stream.CopyTo(data);
            return (entry.FullName, data.ToArray());
        })];
    }

    /// <summary>Entries after the index, which is computed.</summary>
    public static byte[] Bundle(IEnumerable<(string Path, byte[] Data)> entries)
    {
        var rest = entries.Where(entry => entry.Path != BundleLayout.Index).ToList();
        return Framed([
            (BundleLayout.Index, new BundleIndex([.. rest.Select(entry => new BundleIndexEntry(entry.Path, entry.Data.Length, Digest.Of(entry.Data)))]).ToJson()), .. rest,
        ]);
    }

    /// <summary>The archive of these entries, whatever they are.</summary>
    public static byte[] Framed(IReadOnlyList<(string Path, byte[] Data)> entries)
    {
        var output = new MemoryStream();
        var directory = new List<byte[]>();
        foreach (var (path, data) in entries)
        {
            var entry = new ZipEntry(path, Crc32.HashToUInt32(data), data.Length);
            directory.Add(ZipFraming.CentralHeader(entry, output.Position));
            output.Write(ZipFraming.LocalHeader(entry));
            output.Write(data);
        }

        var start = output.Position;
        directory.ForEach(header => output.Write(header));
        output.Write(ZipFraming.End(entries.Count, output.Position - start, start));
        return output.ToArray();
    }

    /// <summary>Canonical JSON with one seeded change of its values or structure.</summary>
    public static byte[] Change(byte[] json, SeededGenerator random)
    {
        var root = JsonNode.Parse(json)!;
        var nodes = new List<JsonNode>();
        Collect(root, nodes);
        var node = nodes[random.Below(nodes.Count)];
        switch (node)
        {
            case JsonObject @object when @object.Count > 0:
                var name = @object.ElementAt(random.Below(@object.Count)).Key;
                if (random.Below(2) == 0)
                {
                    @object.Remove(name);
                }
                else
                {
                    @object[name + "x"] = 1;
                }

                break;
            case JsonArray { Count: > 0 } array:
                var at = random.Below(array.Count);
                var item = array[at]!.DeepClone();
                if (random.Below(2) == 0)
                {
                    array.RemoveAt(at);
                }

                array.Insert(random.Below(array.Count + 1), item);
                break;
            case JsonValue value:
                value.ReplaceWith(Changed(value, random));
                break;
        }

        return CanonicalJson.Canonicalize(Encoding.UTF8.GetBytes(root.ToJsonString()));
    }

    private static void Collect(JsonNode node, List<JsonNode> nodes)
    {
        nodes.Add(node);
        foreach (var child in node switch
        {
            JsonObject @object => @object.Select(member => member.Value),
            JsonArray array => array,
            _ => [],
        })
        {
            if (child is not null)
            {
                Collect(child, nodes);
            }
        }
    }

    private static JsonNode Changed(JsonValue value, SeededGenerator random)
    {
        if (value.TryGetValue<bool>(out var flag))
        {
            return !flag;
        }

        if (value.TryGetValue<long>(out var number))
        {
            return random.Below(5) switch { 0 => number + 1, 1 => number - 1, 2 => -1, 3 => 9007199254740991, _ => "1" };
        }

        var text = value.GetValue<string>();
        if (text.Length == 0)
        {
            return "x";
        }

        var place = random.Below(text.Length);
        return random.Below(5) switch
        {
            0 => text[..place],
            1 => text + text[place],
            2 => "A" + text.ToUpperInvariant(),
            3 => 7,
            _ => string.Concat(text.AsSpan(0, place), text[place] == '0' ? "1" : "0", text.AsSpan(place + 1)),
        };
    }
}
