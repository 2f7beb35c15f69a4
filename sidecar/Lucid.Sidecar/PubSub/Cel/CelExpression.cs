using System.Text.Json;

namespace Lucid.Sidecar.PubSub.Cel;

/// <summary>
/// A routing rule: an expression of the Common Expression Language over <c>event</c>, the CloudEvent. Supported are field access,
/// <c>== != &lt; &lt;= &gt; &gt;= &amp;&amp; || ! in</c>, parentheses, lists, int, double, string, bool and null literals, <c>has</c>,
/// <c>size</c>, <c>startsWith</c>, <c>endsWith</c>, <c>contains</c> and <c>matches</c>; anything else is refused by name when the rule is loaded.
/// </summary>
public sealed class CelExpression
{
    private readonly CelNode root;

    private CelExpression(string text, CelNode root)
    {
        Text = text;
        this.root = root;
    }

    public string Text { get; }

    /// <exception cref="CelException">The expression cannot be used.</exception>
    public static CelExpression Compile(string text) => new(text, CelParser.Parse(text));

    /// <summary>True or false as the rule says; null, with the reason, when it fails or is not boolean.</summary>
    public bool? Evaluate(JsonElement cloudEvent, out string? problem)
    {
        var value = root.Evaluate(cloudEvent);
        problem = value.Kind switch
        {
            CelKind.Boolean => null,
            CelKind.Error => $"rule \"{Text}\": {value}",
            _ => $"rule \"{Text}\" gives a {value.TypeName}, not a bool",
        };
        return problem is null ? value.IsTrue : null;
    }
}
