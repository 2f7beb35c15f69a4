using System.Text.Json;
using System.Text.RegularExpressions;

namespace Lucid.Sidecar.PubSub.Cel;

/// <summary>A node of a parsed expression; evaluation reads the event and never throws.</summary>
internal abstract class CelNode
{
    public abstract CelValue Evaluate(JsonElement cloudEvent);
}

internal sealed class CelLiteral(CelValue value) : CelNode
{
    public CelValue Value => value;

    public override CelValue Evaluate(JsonElement cloudEvent) => value;
}

internal sealed class CelEvent : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent) => CelValue.Of(cloudEvent);
}

/// <summary>Field access, <c>operand.name</c> and <c>operand["name"]</c> alike, and list access by number.</summary>
internal sealed class CelSelect(CelNode operand, CelNode key) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent) => Find(cloudEvent) ?? CelValue.Error("no such key");

    /// <summary>Null when the operand is there and has no such key.</summary>
    public CelValue? Find(JsonElement cloudEvent)
    {
        var target = operand.Evaluate(cloudEvent);
        var name = key.Evaluate(cloudEvent);
        if (target.IsError || name.IsError)
        {
            return target.IsError ? target : name;
        }

        if (target.TypeName == "map" && name.Kind is CelKind.Text)
        {
            return target.AsJson.TryGetProperty(name.AsText, out var property) ? CelValue.Of(property) : null;
        }

        if (target.TypeName == "list" && name.Kind is CelKind.Integer)
        {
            return name.AsInteger is >= 0 and < int.MaxValue && target.Elements().Skip((int)name.AsInteger).Take(1).ToArray() is [var found] ? found : null;
        }

        return CelValue.Error($"a {target.TypeName} has no key of type {name.TypeName}");
    }
}

internal sealed class CelHas(CelSelect select) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent) =>
        select.Find(cloudEvent) is not { } found ? CelValue.Of(false) : found.IsError ? found : CelValue.Of(true);
}

internal sealed class CelList(IReadOnlyList<CelNode> items) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent)
    {
        var values = new CelValue[items.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = items[i].Evaluate(cloudEvent);
            if (values[i].IsError)
            {
                return values[i];
            }
        }

        return CelValue.Of(values);
    }
}

internal sealed class CelNot(CelNode operand) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent)
    {
        var value = operand.Evaluate(cloudEvent);
        return value.Kind switch
        {
            CelKind.Boolean => CelValue.Of(value.IsFalse),
            CelKind.Error => value,
            _ => CelValue.Error($"\"!\" needs a bool, not a {value.TypeName}"),
        };
    }
}

/// <summary><c>&amp;&amp;</c> and <c>||</c>: a side that decides alone makes an error of the other side irrelevant (CEL language definition, "Logical operators").</summary>
internal sealed class CelLogic(CelNode left, CelNode right, bool isAnd) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent)
    {
        var first = left.Evaluate(cloudEvent);
        if (Decides(first))
        {
            return first;
        }

        var second = right.Evaluate(cloudEvent);
        if (Decides(second))
        {
            return second;
        }

        if (first.Kind is CelKind.Boolean && second.Kind is CelKind.Boolean)
        {
            return second;
        }

        var bad = first.Kind is CelKind.Boolean ? second : first;
        return bad.IsError ? bad : CelValue.Error($"\"{(isAnd ? "&&" : "||")}\" needs bools, not a {bad.TypeName}");
    }

    private bool Decides(CelValue value) => isAnd ? value.IsFalse : value.IsTrue;
}

internal sealed class CelRelation(CelNode left, CelNode right, string symbol) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent)
    {
        var first = left.Evaluate(cloudEvent);
        var second = right.Evaluate(cloudEvent);
        if (first.IsError || second.IsError)
        {
            return first.IsError ? first : second;
        }

        return symbol switch
        {
            "==" => CelValue.Of(CelValue.AreEqual(first, second)),
            "!=" => CelValue.Of(!CelValue.AreEqual(first, second)),
            "in" => Contains(first, second),
            _ => Order(first, second),
        };
    }

    private static CelValue Contains(CelValue item, CelValue container) => container.TypeName switch
    {
        "list" => CelValue.Of(container.Elements().Any(element => CelValue.AreEqual(element, item))),
        "map" when item.Kind is CelKind.Text => CelValue.Of(container.AsJson.TryGetProperty(item.AsText, out _)),
        _ => CelValue.Error($"\"in\" needs a list or a map with string keys, not {item.TypeName} in {container.TypeName}"),
    };

    private CelValue Order(CelValue first, CelValue second)
    {
        int order;
        if (first.Kind is CelKind.Integer && second.Kind is CelKind.Integer)
        {
            order = first.AsInteger.CompareTo(second.AsInteger);
        }
        else if (first.Kind is CelKind.Integer or CelKind.Double && second.Kind is CelKind.Integer or CelKind.Double)
        {
            order = first.AsDouble.CompareTo(second.AsDouble);
        }
        else if (first.Kind is CelKind.Text && second.Kind is CelKind.Text)
        {
            order = string.CompareOrdinal(first.AsText, second.AsText);
        }
        else
        {
            return CelValue.Error($"\"{symbol}\" cannot compare {first.TypeName} with {second.TypeName}");
        }

        return CelValue.Of(symbol switch { "<" => order < 0, "<=" => order <= 0, ">" => order > 0, _ => order >= 0 });
    }
}

/// <summary><c>size(x)</c> and <c>x.size()</c>: Unicode code points of a string, elements of a list, keys of a map.</summary>
internal sealed class CelSize(CelNode operand) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent)
    {
        var value = operand.Evaluate(cloudEvent);
        return value.TypeName switch
        {
            "string" => CelValue.Of((long)value.AsText.EnumerateRunes().Count()),
            "list" => CelValue.Of((long)value.Elements().Count()),
            "map" => CelValue.Of((long)value.AsJson.EnumerateObject().Count()),
            "error" => value,
            var other => CelValue.Error($"a {other} has no size"),
        };
    }
}

internal sealed class CelTextTest(CelNode operand, string name, CelNode argument, Func<string, string, bool> test) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent)
    {
        var text = operand.Evaluate(cloudEvent);
        var other = argument.Evaluate(cloudEvent);
        if (text.IsError || other.IsError)
        {
            return text.IsError ? text : other;
        }

        return text.Kind is CelKind.Text && other.Kind is CelKind.Text
            ? CelValue.Of(test(text.AsText, other.AsText))
            : CelValue.Error($"{name} needs strings, not {text.TypeName} and {other.TypeName}");
    }
}

/// <summary>A pattern known when the rule is loaded. It runs in time linear in the text, as RE2 does.</summary>
internal sealed class CelMatches(CelNode operand, Regex pattern) : CelNode
{
    public override CelValue Evaluate(JsonElement cloudEvent)
    {
        var text = operand.Evaluate(cloudEvent);
        return text.Kind switch
        {
            CelKind.Text => CelValue.Of(pattern.IsMatch(text.AsText)),
            CelKind.Error => text,
            _ => CelValue.Error($"matches needs a string, not a {text.TypeName}"),
        };
    }
}
