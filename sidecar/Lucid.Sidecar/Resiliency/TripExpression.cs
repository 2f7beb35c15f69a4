namespace Lucid.Sidecar.Resiliency;

/// <summary>What a breaker has counted since its last change of state or interval.</summary>
internal readonly record struct BreakerCounts(
    long Requests, long TotalSuccesses, long TotalFailures, long ConsecutiveSuccesses, long ConsecutiveFailures)
{
    public BreakerCounts Request() => this with { Requests = Requests + 1 };

    public BreakerCounts Success() =>
        this with { TotalSuccesses = TotalSuccesses + 1, ConsecutiveSuccesses = ConsecutiveSuccesses + 1, ConsecutiveFailures = 0 };

    public BreakerCounts Failure() =>
        this with { TotalFailures = TotalFailures + 1, ConsecutiveFailures = ConsecutiveFailures + 1, ConsecutiveSuccesses = 0 };
}

/// <summary>
/// A breaker's <c>trip</c>: the part of CEL that its five counters call for. Whole numbers, <c>+ - * / %</c>, comparisons,
/// <c>&amp;&amp; || !</c> and parentheses; types are checked when it is read.
/// </summary>
internal sealed class TripExpression
{
    private readonly Func<BreakerCounts, bool> evaluate;

    private TripExpression(Func<BreakerCounts, bool> evaluate) => this.evaluate = evaluate;

    /// <exception cref="FormatException">The text is not a condition; the message tells where and why.</exception>
    public static TripExpression Parse(string text)
    {
        var parser = new Parser(text);
        var node = parser.Or();
        parser.End();
        return new TripExpression(parser.Condition(node));
    }

    /// <summary>False also when the expression fails on these numbers (division by zero), as in daprd.</summary>
    public bool IsTrue(BreakerCounts counts)
    {
        try
        {
            return evaluate(counts);
        }
        catch (ArithmeticException)
        {
            return false;
        }
    }

    private readonly record struct Node(Func<BreakerCounts, long>? Number, Func<BreakerCounts, bool>? Condition);

    private sealed class Parser(string text)
    {
        private static readonly string[] Comparisons = ["<=", ">=", "==", "!=", "<", ">"];
        private int at;

        public Node Or()
        {
            var left = And();
            while (Take("||"))
            {
                var (a, b) = (Condition(left), Condition(And()));
                left = Of(counts => a(counts) || b(counts));
            }

            return left;
        }

        public void End()
        {
            Skip();
            if (at < text.Length)
            {
                throw Error($"'{text[at]}' is not expected");
            }
        }

        public Func<BreakerCounts, bool> Condition(Node node) => node.Condition ?? throw Error("a condition is needed, not a number");

        private Node And()
        {
            var left = Comparison();
            while (Take("&&"))
            {
                var (a, b) = (Condition(left), Condition(Comparison()));
                left = Of(counts => a(counts) && b(counts));
            }

            return left;
        }

        private Node Comparison()
        {
            var left = Sum();
            if (Array.Find(Comparisons, Take) is not { } sign)
            {
                return left;
            }

            var (a, b) = (Number(left), Number(Sum()));
            return Of(sign switch
            {
                "<=" => counts => a(counts) <= b(counts),
                ">=" => counts => a(counts) >= b(counts),
                "==" => counts => a(counts) == b(counts),
                "!=" => counts => a(counts) != b(counts),
                "<" => counts => a(counts) < b(counts),
                _ => counts => a(counts) > b(counts),
            });
        }

        private Node Sum()
        {
            var left = Product();
            while (true)
            {
                if (Take("+"))
                {
                    var (a, b) = (Number(left), Number(Product()));
                    left = Of(counts => checked(a(counts) + b(counts)));
                }
                else if (Take("-"))
                {
                    var (a, b) = (Number(left), Number(Product()));
                    left = Of(counts => checked(a(counts) - b(counts)));
                }
                else
                {
                    return left;
                }
            }
        }

        private Node Product()
        {
            var left = Unary();
            while (true)
            {
                if (Take("*"))
                {
                    var (a, b) = (Number(left), Number(Unary()));
                    left = Of(counts => checked(a(counts) * b(counts)));
                }
                else if (Take("/"))
                {
                    var (a, b) = (Number(left), Number(Unary()));
                    left = Of(counts => a(counts) / b(counts));
                }
                else if (Take("%"))
                {
                    var (a, b) = (Number(left), Number(Unary()));
                    left = Of(counts => a(counts) % b(counts));
                }
                else
                {
                    return left;
                }
            }
        }

        private Node Unary()
        {
            Skip();
            if (at < text.Length && text[at] == '!' && !(at + 1 < text.Length && text[at + 1] == '='))
            {
                at++;
                var condition = Condition(Unary());
                return Of(counts => !condition(counts));
            }

            if (Take("-"))
            {
                var number = Number(Unary());
                return Of(counts => -number(counts));
            }

            if (Take("("))
            {
                var inner = Or();
                return Take(")") ? inner : throw Error("a ')' is missing");
            }

            return Value();
        }

        private Node Value()
        {
            Skip();
            var start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] == '_'))
            {
                at++;
            }

            var word = text[start..at];
            if (word.Length > 0 && long.TryParse(word, out var constant))
            {
                return Of(_ => constant);
            }

            return word switch
            {
                "requests" => Of(static counts => counts.Requests),
                "totalSuccesses" => Of(static counts => counts.TotalSuccesses),
                "totalFailures" => Of(static counts => counts.TotalFailures),
                "consecutiveSuccesses" => Of(static counts => counts.ConsecutiveSuccesses),
                "consecutiveFailures" => Of(static counts => counts.ConsecutiveFailures),
                "true" => Of(static _ => true),
                "false" => Of(static _ => false),
                "" => throw Error("a number or a counter is missing"),
                _ => throw Error($"'{word}' is none of requests, totalSuccesses, totalFailures, consecutiveSuccesses, consecutiveFailures"),
            };
        }

        private Func<BreakerCounts, long> Number(Node node) => node.Number ?? throw Error("a number is needed, not a condition");

        private static Node Of(Func<BreakerCounts, long> number) => new(number, null);

        private static Node Of(Func<BreakerCounts, bool> condition) => new(null, condition);

        private bool Take(string sign)
        {
            Skip();
            if (!text.AsSpan(at).StartsWith(sign, StringComparison.Ordinal))
            {
                return false;
            }

            at += sign.Length;
            return true;
        }

        private void Skip()
        {
            while (at < text.Length && char.IsWhiteSpace(text[at]))
            {
                at++;
            }
        }

        private FormatException Error(string problem) => new($"{problem} (column {at + 1} of '{text}')");
    }
}
