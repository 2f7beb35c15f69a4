using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>
/// JSON Canonicalization Scheme (RFC 8785) restricted to what hashed documents of Lucid may contain: integers within
/// ±(2^53−1), no floats, no duplicate names, no lone surrogates, at most 8 levels of arrays and objects, no null.
/// </summary>
public static class CanonicalJson
{
    public const long MaxInteger = (1L << 53) - 1;

    public const int MaxDepth = 8;

    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <summary>Reads a document that must already be canonical: writing it again has to give the same bytes.</summary>
    /// <exception cref="EvidenceException">Malformed, or any other spelling of the same value.</exception>
    public static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        var document = Read(utf8);
        try
        {
            var canonical = Canonicalize(document.RootElement);
            if (!utf8.Span.SequenceEqual(canonical))
            {
                throw new EvidenceException(EvidenceFault.JsonNotCanonical, "The JSON is not in its canonical form (RFC 8785).");
            }

            return document;
        }
        catch
        {
            document.Dispose();
            throw;
        }
    }

    /// <summary>Canonical form of any JSON of the profile; member order and white space of the input are free.</summary>
    /// <exception cref="EvidenceException">Outside the profile.</exception>
    public static byte[] Canonicalize(ReadOnlyMemory<byte> utf8)
    {
        using var document = Read(utf8);
        return Canonicalize(document.RootElement);
    }

    /// <summary>Canonical form of one element.</summary>
    public static byte[] Canonicalize(JsonElement element)
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new CanonicalJsonWriter(output);
        try
        {
            Write(writer, element);
        }
        catch (InvalidOperationException exception)
        {
            // System.Text.Json finds invalid UTF-8 and lone surrogates only when a string is taken out.
            throw new EvidenceException(EvidenceFault.JsonMalformed, "A string is not valid Unicode.", exception);
        }

        return output.WrittenSpan.ToArray();
    }

    private static JsonDocument Read(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return JsonDocument.Parse(utf8, Strict);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new EvidenceException(EvidenceFault.JsonMalformed, "Not JSON of the restricted profile (duplicate names, depth over 8 or a syntax error).", exception);
        }
    }

    private static void Write(CanonicalJsonWriter writer, JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var members = element.EnumerateObject().Select(m => (m.Name, m.Value)).ToArray();
                Array.Sort(members, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
                writer.StartObject();
                foreach (var (name, value) in members)
                {
                    writer.Name(name);
                    Write(writer, value);
                }

                writer.EndObject();
                break;
            case JsonValueKind.Array:
                writer.StartArray();
                foreach (var item in element.EnumerateArray())
                {
                    Write(writer, item);
                }

                writer.EndArray();
                break;
            case JsonValueKind.String:
                writer.Value(element.GetString()!);
                break;
            case JsonValueKind.Number:
                writer.Value(Integer(element));
                break;
            case JsonValueKind.True:
            case JsonValueKind.False:
                writer.Value(element.GetBoolean());
                break;
            default:
                throw new EvidenceException(EvidenceFault.JsonMalformed, "null is not used: an absent value is an absent member.");
        }
    }

    private static long Integer(JsonElement element)
    {
        // "1.0" and "1e2" denote integers but are refused: a number has one spelling.
        if (long.TryParse(element.GetRawText(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value)
            && value is >= -MaxInteger and <= MaxInteger)
        {
            return value;
        }

        throw new EvidenceException(EvidenceFault.JsonMalformed, "Numbers are integers within ±(2^53−1).");
    }
}
