using System.Globalization;
using System.Text.RegularExpressions;

namespace Lucid.Sidecar.PubSub.Cel;

/// <summary>Recursive descent over the subset: <c>|| &amp;&amp; ! == != &lt; &lt;= &gt; &gt;= in</c>, field and list access, literals, lists, <c>has</c>, <c>size</c> and the string tests.</summary>
internal sealed class CelParser
{
    private const int DeepestNesting = 100;

    private readonly string expression;
    private readonly List<CelToken> tokens;
    private int next;
    private int depth;

    private CelParser(string expression)
    {
        this.expression = expression;
        tokens = CelLexer.Read(expression);
    }

    public static CelNode Parse(string expression)
    {
        var parser = new CelParser(expression);
        var node = parser.Or();
        return parser.Current.Kind is CelTokenKind.End ? node : throw parser.Unexpected();
    }

    private CelToken Current => tokens[next];

    private CelNode Or()
    {
        if (++depth > DeepestNesting)
        {
            throw new CelException(expression, Current.Position, $"nested deeper than {DeepestNesting}");
        }

        var node = And();
        while (Take("||"))
        {
            node = new CelLogic(node, And(), isAnd: false);
        }

        depth--;
        return node;
    }

    private CelNode And()
    {
        var node = Relation();
        while (Take("&&"))
        {
            node = new CelLogic(node, Relation(), isAnd: true);
        }

        return node;
    }

    private CelNode Relation()
    {
        var node = Unary();
        while (Current is { Kind: CelTokenKind.Symbol, Text: "==" or "!=" or "<" or "<=" or ">" or ">=" } || Current.IsWord("in"))
        {
            var symbol = tokens[next++].Text;
            node = new CelRelation(node, Unary(), symbol);
        }

        return node;
    }

    private CelNode Unary()
    {
        var negations = 0;
        while (Take("!"))
        {
            negations++;
        }

        CelNode node;
        if (Current.Is("-"))
        {
            next++;
            node = Number(negative: true);
        }
        else
        {
            node = Member();
        }

        for (var i = 0; i < negations; i++)
        {
            node = new CelNot(node);
        }

        return node;
    }

    private CelNode Member()
    {
        var node = Primary();
        while (true)
        {
            if (Take("."))
            {
                var name = Current.Kind is CelTokenKind.Identifier ? tokens[next++] : throw Unexpected();
                node = Take("(")
                    ? Method(node, name)
                    : new CelSelect(node, new CelLiteral(CelValue.Of(name.Text)));
            }
            else if (Take("["))
            {
                node = new CelSelect(node, Or());
                Expect("]");
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode Method(CelNode operand, CelToken name)
    {
        if (name.Text == "size")
        {
            Expect(")");
            return new CelSize(operand);
        }

        Func<string, string, bool>? test = name.Text switch
        {
            "startsWith" => static (text, other) => text.StartsWith(other, StringComparison.Ordinal),
            "endsWith" => static (text, other) => text.EndsWith(other, StringComparison.Ordinal),
            "contains" => static (text, other) => text.Contains(other, StringComparison.Ordinal),
            "matches" => null,
            _ => throw new CelException(expression, name.Position, $"the function \"{name.Text}\" is not supported (startsWith, endsWith, contains, matches, size are)"),
        };
        var position = Current.Position;
        var argument = Or();
        Expect(")");
        return test is null ? Matches(operand, argument, position) : new CelTextTest(operand, name.Text, argument, test);
    }

    private CelMatches Matches(CelNode operand, CelNode argument, int position)
    {
        if (argument is not CelLiteral { Value: { Kind: CelKind.Text } pattern })
        {
            throw new CelException(expression, position, "the pattern of matches must be a string literal");
        }

        try
        {
            return new CelMatches(operand, new Regex(pattern.AsText, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));
        }
        catch (Exception problem) when (problem is ArgumentException or NotSupportedException)
        {
            throw new CelException(expression, position, $"the pattern is not supported: {problem.Message}");
        }
    }

    private CelNode Primary()
    {
        var token = Current;
        switch (token.Kind)
        {
            case CelTokenKind.Text:
                next++;
                return new CelLiteral(CelValue.Of(token.Text));
            case CelTokenKind.Integer or CelTokenKind.Double:
                return Number(negative: false);
            case CelTokenKind.Identifier:
                next++;
                return Word(token);
            case CelTokenKind.Symbol when token.Text == "(":
                next++;
                var inner = Or();
                Expect(")");
                return inner;
            case CelTokenKind.Symbol when token.Text == "[":
                next++;
                return List();
            default:
                throw Unexpected();
        }
    }

    private CelNode Word(CelToken word)
    {
        if (Take("("))
        {
            var argument = Or();
            Expect(")");
            return word.Text switch
            {
                "has" when argument is CelSelect select => new CelHas(select),
                "has" => throw new CelException(expression, word.Position, "has needs a field, as in has(event.data.x)"),
                "size" => new CelSize(argument),
                _ => throw new CelException(expression, word.Position, $"the function \"{word.Text}\" is not supported (has and size are)"),
            };
        }

        return word.Text switch
        {
            "event" => new CelEvent(),
            "true" => new CelLiteral(CelValue.Of(true)),
            "false" => new CelLiteral(CelValue.Of(false)),
            "null" => new CelLiteral(CelValue.Null),
            _ => throw new CelException(expression, word.Position, $"\"{word.Text}\" is unknown; a rule sees \"event\""),
        };
    }

    private CelList List()
    {
        List<CelNode> items = [];
        while (!Take("]"))
        {
            items.Add(Or());
            if (!Current.Is("]"))
            {
                Expect(",");
            }
        }

        return new CelList(items);
    }

    private CelLiteral Number(bool negative)
    {
        var token = Current;
        next++;
        var text = negative ? "-" + token.Text : token.Text;
        return token.Kind switch
        {
            CelTokenKind.Integer when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var whole) => new CelLiteral(CelValue.Of(whole)),
            CelTokenKind.Integer => throw new CelException(expression, token.Position, $"{text} does not fit an int"),
            CelTokenKind.Double => new CelLiteral(CelValue.Of(double.Parse(text, CultureInfo.InvariantCulture))),
            _ => throw new CelException(expression, token.Position, "\"-\" needs a number literal"),
        };
    }

    private bool Take(string symbol)
    {
        if (!Current.Is(symbol))
        {
            return false;
        }

        next++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Take(symbol))
        {
            throw Unexpected($", expected \"{symbol}\"");
        }
    }

    private CelException Unexpected(string expected = "") => new(expression, Current.Position, $"unexpected {Current.Text}{expected}");
}
