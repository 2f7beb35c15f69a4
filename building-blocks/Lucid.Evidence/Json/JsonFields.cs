using System.Globalization;
using System.Text.Json;

namespace Lucid.Evidence;

/// <summary>
/// Takes the members of one JSON object; <see cref="End"/> refuses every member nobody took. The document was parsed
/// with duplicate names refused, so counting is enough.
/// </summary>
internal sealed class JsonFields
{
    private readonly JsonElement element;
    private readonly string what;
    private int taken;

    public JsonFields(JsonElement element, string what)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new EvidenceException(EvidenceFault.JsonField, $"{what} is not an object.");
        }

        this.element = element;
        this.what = what;
    }

    /// <summary>Parses a canonical document whose root is an object.</summary>
    public static T ReadDocument<T>(ReadOnlyMemory<byte> utf8, string what, Func<JsonFields, T> read)
    {
        using var document = CanonicalJson.Parse(utf8);
        return ReadObject(document.RootElement, what, read);
    }

    public static T ReadObject<T>(JsonElement element, string what, Func<JsonFields, T> read)
    {
        var fields = new JsonFields(element, what);
        var value = read(fields);
        fields.End();
        return value;
    }

    public EvidenceException Refuse(string name, string why) => new(EvidenceFault.JsonField, $"{what}.{name} {why}.");

    public void Version(long expected)
    {
        if (Integer("v", 0, CanonicalJson.MaxInteger) != expected)
        {
            throw Refuse("v", $"is not {expected}: this version is not known here");
        }
    }

    public void Constant(string name, string expected)
    {
        if (Text(name, 0, 256) != expected)
        {
            throw Refuse(name, $"is not '{expected}'");
        }
    }

    public bool Has(string name) => element.TryGetProperty(name, out _);

    public string Text(string name, int minLength, int maxLength) => OptionalText(name, minLength, maxLength) ?? throw Refuse(name, "is missing");

    public string? OptionalText(string name, int minLength, int maxLength)
    {
        if (Take(name) is not { } value)
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.String)
        {
            throw Refuse(name, "is not a string");
        }

        var text = value.GetString()!;
        return text.Length >= minLength && text.Length <= maxLength ? text : throw Refuse(name, $"has not {minLength} to {maxLength} characters");
    }

    public long Integer(string name, long min, long max)
    {
        var value = Required(name);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number >= min && number <= max
            ? number
            : throw Refuse(name, $"is not an integer from {min} to {max}");
    }

    public int Int32(string name, int min, int max) => (int)Integer(name, min, max);

    /// <summary>An unsigned 64-bit number, always a decimal string without leading zeros.</summary>
    public ulong UInt64Text(string name)
    {
        var text = Text(name, 1, 20);
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number.ToString(CultureInfo.InvariantCulture) == text
            ? number
            : throw Refuse(name, "is not a decimal string of an unsigned 64-bit number");
    }

    public bool Boolean(string name) => Required(name).ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Refuse(name, "is not true or false"),
    };

    public Digest Digest(string name) => OptionalDigest(name) ?? throw Refuse(name, "is missing");

    public Digest? OptionalDigest(string name) => OptionalText(name, 0, 64) is { } text
        ? Evidence.Digest.TryParse(text, out var digest) ? digest : throw Refuse(name, "is not 64 lower-case hex digits")
        : null;

    public Guid Guid(string name)
    {
        var text = Text(name, 36, 36);
        return System.Guid.TryParseExact(text, "D", out var id) && id.ToString("D") == text ? id : throw Refuse(name, "is not a lower-case UUID");
    }

    public DateTimeOffset Time(string name) => OptionalTime(name) ?? throw Refuse(name, "is missing");

    public DateTimeOffset? OptionalTime(string name) => OptionalText(name, 0, 32) is { } text ? Timestamp.Parse(text) : null;

    public byte[] Bytes(string name, int minLength, int maxLength) => OptionalBytes(name, minLength, maxLength) ?? throw Refuse(name, "is missing");

    public byte[]? OptionalBytes(string name, int minLength, int maxLength)
    {
        if (OptionalText(name, 0, (maxLength + 3) * 4 / 3) is not { } text)
        {
            return null;
        }

        var value = StrictBase64.Decode(text);
        return value.Length >= minLength && value.Length <= maxLength ? value : throw Refuse(name, $"has not {minLength} to {maxLength} bytes");
    }

    public Signature64 Signature(string name) => new(Bytes(name, Signature64.Size, Signature64.Size));

    public Signature64? OptionalSignature(string name) => OptionalBytes(name, Signature64.Size, Signature64.Size) is { } bytes ? new Signature64(bytes) : null;

    public Ed25519PublicKey PublicKey(string name) => OptionalPublicKey(name) ?? throw Refuse(name, "is missing");

    public Ed25519PublicKey? OptionalPublicKey(string name) => OptionalBytes(name, 32, 32) is { } bytes ? new Ed25519PublicKey(bytes) : null;

    public JsonElement Element(string name) => Required(name);

    public JsonElement? OptionalElement(string name) => Take(name);

    public T Object<T>(string name, Func<JsonFields, T> read) => ReadObject(Required(name), $"{what}.{name}", read);

    public T? OptionalObject<T>(string name, Func<JsonFields, T> read)
        where T : class => Take(name) is { } value ? ReadObject(value, $"{what}.{name}", read) : null;

    public T[] Array<T>(string name, int minCount, int maxCount, Func<JsonElement, T> read)
    {
        var value = Required(name);
        if (value.ValueKind != JsonValueKind.Array)
        {
            throw Refuse(name, "is not an array");
        }

        var count = value.GetArrayLength();
        if (count < minCount || count > maxCount)
        {
            throw Refuse(name, $"has not {minCount} to {maxCount} items");
        }

        var items = new T[count];
        var i = 0;
        foreach (var item in value.EnumerateArray())
        {
            items[i++] = read(item);
        }

        return items;
    }

    public T[] Objects<T>(string name, int minCount, int maxCount, Func<JsonFields, T> read) =>
        Array(name, minCount, maxCount, item => ReadObject(item, $"{what}.{name}[]", read));

    public Digest[] Path(string name, int maxCount) => Array(name, 0, maxCount, item => Evidence.Digest.TryParse(StringItem(name, item), out var digest)
        ? digest
        : throw Refuse(name, "holds something that is not 64 lower-case hex digits"));

    public Ed25519PublicKey[] PublicKeys(string name, int minCount, int maxCount) =>
        Array(name, minCount, maxCount, item => Ed25519PublicKey.Parse(StringItem(name, item)));

    public string StringItem(string name, JsonElement item) =>
        item.ValueKind == JsonValueKind.String ? item.GetString()! : throw Refuse(name, "holds something that is not a string");

    public void End()
    {
        if (element.GetPropertyCount() != taken)
        {
            throw new EvidenceException(EvidenceFault.JsonField, $"{what} has a member that is not part of its format.");
        }
    }

    private JsonElement Required(string name) => Take(name) ?? throw Refuse(name, "is missing");

    private JsonElement? Take(string name)
    {
        if (!element.TryGetProperty(name, out var value))
        {
            return null;
        }

        taken++;
        return value;
    }
}
