using System.Text.Json;

namespace Lucid.Sidecar.PubSub.Cel;

internal enum CelKind { Error, Null, Boolean, Integer, Double, Text, List, Json }

/// <summary>A value of an evaluation. Objects and arrays of the event stay <see cref="JsonElement"/>s; an error is a value, because <c>&amp;&amp;</c> and <c>||</c> may absorb it.</summary>
internal readonly struct CelValue
{
    private readonly object? reference;
    private readonly long integer;
    private readonly double floating;
    private readonly JsonElement json;

    private CelValue(CelKind kind, object? reference = null, long integer = 0, double floating = 0, JsonElement json = default)
    {
        Kind = kind;
        this.reference = reference;
        this.integer = integer;
        this.floating = floating;
        this.json = json;
    }

    public static CelValue Null { get; } = new(CelKind.Null);

    public CelKind Kind { get; }
    public bool IsError => Kind is CelKind.Error;
    public bool IsTrue => Kind is CelKind.Boolean && integer == 1;
    public bool IsFalse => Kind is CelKind.Boolean && integer == 0;
    public long AsInteger => integer;
    public double AsDouble => Kind is CelKind.Integer ? integer : floating;
    public string AsText => (string)reference!;
    public CelValue[] AsList => (CelValue[])reference!;
    public JsonElement AsJson => json;

    public static CelValue Error(string message) => new(CelKind.Error, message);

    public static CelValue Of(bool value) => new(CelKind.Boolean, integer: value ? 1 : 0);

    public static CelValue Of(long value) => new(CelKind.Integer, integer: value);

    public static CelValue Of(double value) => new(CelKind.Double, floating: value);

    public static CelValue Of(string value) => new(CelKind.Text, value);

    public static CelValue Of(CelValue[] values) => new(CelKind.List, values);

    public static CelValue Of(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.True => Of(true),
        JsonValueKind.False => Of(false),
        JsonValueKind.String => Of(element.GetString()!),
        JsonValueKind.Number => element.TryGetInt64(out var whole) ? Of(whole) : Of(element.GetDouble()),
        JsonValueKind.Object or JsonValueKind.Array => new(CelKind.Json, json: element),
        _ => Null,
    };

    /// <summary>The value's type in CEL's words, for messages.</summary>
    public string TypeName => Kind switch
    {
        CelKind.Boolean => "bool",
        CelKind.Integer => "int",
        CelKind.Double => "double",
        CelKind.Text => "string",
        CelKind.List => "list",
        CelKind.Json => json.ValueKind is JsonValueKind.Array ? "list" : "map",
        CelKind.Null => "null",
        _ => "error",
    };

    /// <summary>Values of different types are unequal; numbers compare by value whatever their type.</summary>
    public static bool AreEqual(in CelValue left, in CelValue right)
    {
        if (left.Kind is CelKind.Integer && right.Kind is CelKind.Integer)
        {
            return left.integer == right.integer;
        }

        if (left.Kind is CelKind.Integer or CelKind.Double && right.Kind is CelKind.Integer or CelKind.Double)
        {
            return left.AsDouble.Equals(right.AsDouble);
        }

        if (left.TypeName == "list" && right.TypeName == "list")
        {
            return left.Elements().SequenceEqual(right.Elements(), Comparer.Instance);
        }

        return left.Kind == right.Kind && left.Kind switch
        {
            CelKind.Boolean => left.integer == right.integer,
            CelKind.Text => string.Equals(left.AsText, right.AsText, StringComparison.Ordinal),
            CelKind.Json => JsonElement.DeepEquals(left.json, right.json),
            CelKind.Null => true,
            _ => false,
        };
    }

    /// <summary>The elements of a list; empty for anything else.</summary>
    public IEnumerable<CelValue> Elements() => Kind switch
    {
        CelKind.List => AsList,
        CelKind.Json when json.ValueKind is JsonValueKind.Array => json.EnumerateArray().Select(Of),
        _ => [],
    };

    public override string ToString() => IsError ? AsText : TypeName;

    private sealed class Comparer : IEqualityComparer<CelValue>
    {
        public static readonly Comparer Instance = new();

        public bool Equals(CelValue x, CelValue y) => AreEqual(x, y);

        public int GetHashCode(CelValue obj) => (int)obj.Kind;
    }
}
