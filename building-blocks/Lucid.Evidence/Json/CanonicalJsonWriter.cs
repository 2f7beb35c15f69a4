using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Lucid.Evidence;

/// <summary>
/// Writes RFC 8785 output. Members must be written in the order of their UTF-16 code units; a violation is a
/// programming error and throws, so that a document can never silently get a second spelling.
/// </summary>
public sealed class CanonicalJsonWriter(IBufferWriter<byte> output)
{
    private readonly Stack<Level> levels = new();
    private bool needsComma;

    /// <summary>The bytes written by <paramref name="write"/>.</summary>
    public static byte[] ToBytes(Action<CanonicalJsonWriter> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var output = new ArrayBufferWriter<byte>(512);
        write(new CanonicalJsonWriter(output));
        return output.WrittenSpan.ToArray();
    }

    public void StartObject() => Start((byte)'{');

    public void EndObject() => End((byte)'}');

    public void StartArray() => Start((byte)'[');

    public void EndArray() => End((byte)']');

    public void Name(string name)
    {
        var level = levels.Pop();
        if (level.LastName is not null && string.CompareOrdinal(level.LastName, name) >= 0)
        {
            throw new InvalidOperationException($"Member '{name}' must come before '{level.LastName}'.");
        }

        levels.Push(new Level(name));
        Comma();
        WriteString(name);
        Raw((byte)':');
        needsComma = false;
    }

    public void Value(string value)
    {
        Comma();
        WriteString(value);
        needsComma = true;
    }

    public void Value(long value)
    {
        if (value is < -CanonicalJson.MaxInteger or > CanonicalJson.MaxInteger)
        {
            throw new EvidenceException(EvidenceFault.JsonField, $"{value} is outside ±(2^53−1).");
        }

        Comma();
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out var length);
        output.Write(text[..length]);
        needsComma = true;
    }

    public void Value(bool value)
    {
        Comma();
        output.Write(value ? "true"u8 : "false"u8);
        needsComma = true;
    }

    /// <summary>A value that is canonical JSON already.</summary>
    public void CanonicalValue(ReadOnlySpan<byte> json)
    {
        Comma();
        output.Write(json);
        needsComma = true;
    }

    public void Member(string name, string value)
    {
        Name(name);
        Value(value);
    }

    public void Member(string name, long value)
    {
        Name(name);
        Value(value);
    }

    public void Member(string name, bool value)
    {
        Name(name);
        Value(value);
    }

    public void Member(string name, Digest value) => Member(name, value.ToString());

    public void Member(string name, Guid value) => Member(name, value.ToString("D"));

    public void Member(string name, DateTimeOffset value) => Member(name, Timestamp.Format(value));

    public void Member(string name, ReadOnlySpan<byte> value) => Member(name, Convert.ToBase64String(value));

    public void OptionalMember(string name, string? value)
    {
        if (value is not null)
        {
            Member(name, value);
        }
    }

    public void OptionalMember(string name, Digest? value) => OptionalMember(name, value?.ToString());

    public void OptionalMember(string name, DateTimeOffset? value) => OptionalMember(name, value is { } v ? Timestamp.Format(v) : null);

    public void Array<T>(string name, IEnumerable<T> items, Action<CanonicalJsonWriter, T> write)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(write);
        Name(name);
        StartArray();
        foreach (var item in items)
        {
            write(this, item);
        }

        EndArray();
    }

    /// <summary>Array of hex digests: an inclusion or consistency path.</summary>
    public void Path(string name, IEnumerable<Digest> path) => Array(name, path, static (w, digest) => w.Value(digest.ToString()));

    private void Start(byte bracket)
    {
        Comma();
        Raw(bracket);
        levels.Push(default);
        needsComma = false;
    }

    private void End(byte bracket)
    {
        levels.Pop();
        Raw(bracket);
        needsComma = true;
    }

    private void Comma()
    {
        if (needsComma)
        {
            Raw((byte)',');
        }
    }

    private void Raw(byte value)
    {
        output.GetSpan(1)[0] = value;
        output.Advance(1);
    }

    private void WriteString(string value)
    {
        Raw((byte)'"');
        var start = 0;
        for (var i = 0; i < value.Length; i++)
        {
            var escape = value[i] switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\b' => "\\b",
                '\t' => "\\t",
                '\n' => "\\n",
                '\f' => "\\f",
                '\r' => "\\r",
                < ' ' => "\\u" + ((int)value[i]).ToString("x4", CultureInfo.InvariantCulture),
                _ => null,
            };
            if (escape is not null)
            {
                WriteUtf8(value.AsSpan(start, i - start));
                WriteUtf8(escape);
                start = i + 1;
            }
        }

        WriteUtf8(value.AsSpan(start));
        Raw((byte)'"');
    }

    private void WriteUtf8(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty)
        {
            return;
        }

        var destination = output.GetSpan(text.Length * 3);
        if (System.Text.Unicode.Utf8.FromUtf16(text, destination, out _, out var written, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            throw new EvidenceException(EvidenceFault.JsonMalformed, "A string holds a lone surrogate.");
        }

        output.Advance(written);
    }

    private readonly record struct Level(string? LastName);
}
