using System.Globalization;
using System.Text;

namespace Lucid.Sidecar.PubSub.Cel;

/// <summary>Splits a CEL expression into tokens (CEL language definition, "Syntax").</summary>
internal static class CelLexer
{
    private static readonly string[] Symbols = ["==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ".", ",", "-"];

    public static List<CelToken> Read(string expression)
    {
        List<CelToken> tokens = [];
        var position = 0;
        while (true)
        {
            while (position < expression.Length && char.IsWhiteSpace(expression[position]))
            {
                position++;
            }

            if (position == expression.Length)
            {
                tokens.Add(new CelToken(CelTokenKind.End, "end of the expression", position));
                return tokens;
            }

            tokens.Add(Next(expression, ref position));
        }
    }

    private static CelToken Next(string expression, ref int position)
    {
        var start = position;
        var first = expression[start];
        if (first is '"' or '\'')
        {
            return new CelToken(CelTokenKind.Text, Quoted(expression, ref position, raw: false), start);
        }

        if (first is 'r' or 'R' && start + 1 < expression.Length && expression[start + 1] is '"' or '\'')
        {
            position++;
            return new CelToken(CelTokenKind.Text, Quoted(expression, ref position, raw: true), start);
        }

        if (char.IsAsciiLetter(first) || first == '_')
        {
            while (position < expression.Length && (char.IsAsciiLetterOrDigit(expression[position]) || expression[position] == '_'))
            {
                position++;
            }

            return new CelToken(CelTokenKind.Identifier, expression[start..position], start);
        }

        if (char.IsAsciiDigit(first))
        {
            return Number(expression, ref position);
        }

        foreach (var symbol in Symbols)
        {
            if (string.CompareOrdinal(expression, start, symbol, 0, symbol.Length) == 0)
            {
                position += symbol.Length;
                return new CelToken(CelTokenKind.Symbol, symbol, start);
            }
        }

        throw new CelException(expression, start, $"\"{first}\" is not supported");
    }

    private static CelToken Number(string expression, ref int position)
    {
        var start = position;
        while (position < expression.Length && (char.IsAsciiLetterOrDigit(expression[position]) || expression[position] == '.'
            || (expression[position] is '+' or '-' && expression[position - 1] is 'e' or 'E')))
        {
            position++;
        }

        var text = expression[start..position];
        if (text.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var hexadecimal))
            {
                return new CelToken(CelTokenKind.Integer, hexadecimal.ToString(CultureInfo.InvariantCulture), start);
            }
        }
        else if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
        {
            return new CelToken(CelTokenKind.Integer, text, start);
        }
        else if (text.AsSpan().ContainsAny(".eE") && double.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out _))
        {
            return new CelToken(CelTokenKind.Double, text, start);
        }

        throw new CelException(expression, start, $"\"{text}\" is not a number");
    }

    private static string Quoted(string expression, ref int position, bool raw)
    {
        var start = position;
        var quote = expression[position++];
        var text = new StringBuilder();
        while (position < expression.Length && expression[position] != quote)
        {
            if (expression[position] == '\\' && !raw)
            {
                text.Append(Escape(expression, ref position));
            }
            else
            {
                text.Append(expression[position++]);
            }
        }

        if (position == expression.Length)
        {
            throw new CelException(expression, start, "the string is not closed");
        }

        position++;
        return text.ToString();
    }

    private static string Escape(string expression, ref int position)
    {
        var start = position++;
        if (position == expression.Length)
        {
            throw new CelException(expression, start, "the string is not closed");
        }

        var letter = expression[position++];
        var digits = letter switch { 'x' or 'X' => 2, 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0)
        {
            if (position + digits <= expression.Length
                && int.TryParse(expression.AsSpan(position, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var scalar)
                && Rune.IsValid(scalar))
            {
                position += digits;
                return new Rune(scalar).ToString();
            }

            throw new CelException(expression, start, "this escape names no character");
        }

        return letter switch
        {
            'n' => "\n",
            'r' => "\r",
            't' => "\t",
            'a' => "\a",
            'b' => "\b",
            'f' => "\f",
            'v' => "\v",
            '\\' or '"' or '\'' or '`' or '?' => letter.ToString(),
            _ => throw new CelException(expression, start, $"the escape \"\\{letter}\" is unknown"),
        };
    }
}
