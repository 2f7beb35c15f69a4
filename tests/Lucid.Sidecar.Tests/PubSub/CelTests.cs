using System.Text.Json;
using Lucid.Sidecar.PubSub.Cel;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class CelTests
{
    private static readonly JsonElement Event = JsonDocument.Parse("""
        {"type":"session.sealed","source":"lucid-session-pipeline","data":{"count":9007199254740993,"ratio":0.5,"ok":true,"none":null,
         "tags":["a","b"],"inner":{"deep-key":"v"},"quote":"it's \"x\""}}
        """).RootElement;

    [Theory]
    [InlineData("event.type == 'session.sealed'", true)]
    [InlineData("event.type == \"session.opened\"", false)]
    [InlineData("event.type != 'x' && event.source.startsWith('lucid-')", true)]
    [InlineData("event.source.endsWith('pipeline') && event.source.contains('session')", true)]
    [InlineData("event.type.matches('^session\\\\.(sealed|opened)$')", true)]
    [InlineData("event.type.matches(r'^session\\.opened$')", false)]
    [InlineData("event.data.count == 9007199254740993", true)]
    [InlineData("event.data.count == 9007199254740992", false)]
    [InlineData("event.data.count > 5 && event.data.ratio <= 0.5 && event.data.ratio < 1", true)]
    [InlineData("event.data.ok", true)]
    [InlineData("!event.data.ok", false)]
    [InlineData("!!event.data.ok", true)]
    [InlineData("event.data.none == null", true)]
    [InlineData("event.type in ['a', 'session.sealed']", true)]
    [InlineData("'b' in event.data.tags", true)]
    [InlineData("'z' in event.data.tags", false)]
    [InlineData("'count' in event.data", true)]
    [InlineData("event.data['inner'][\"deep-key\"] == 'v'", true)]
    [InlineData("event.data.tags[1] == 'b'", true)]
    [InlineData("event.data.tags == ['a', 'b']", true)]
    [InlineData("size(event.data.tags) == 2 && event.type.size() == 14", true)]
    [InlineData("has(event.data.count)", true)]
    [InlineData("has(event.data.missing)", false)]
    [InlineData("has(event.data.missing) && event.data.missing == 1", false)]
    [InlineData("event.data.missing == 1 || event.data.ok", true)]
    [InlineData("event.data.missing == 1 && false", false)]
    [InlineData("(event.type == 'x' || event.data.ok) && true", true)]
    [InlineData("event.type == 'x' || event.data.ok && false", false)]
    [InlineData("event.type == 1", false)]
    [InlineData("event.data.quote == 'it\\'s \"x\"'", true)]
    [InlineData("-1 < 0x10", true)]
    [InlineData("1 == 1.0", true)]
    public void A_rule_is_decided_as_CEL_says(string rule, bool expected)
    {
        Assert.Equal(expected, CelExpression.Compile(rule).Evaluate(Event, out var problem));
        Assert.Null(problem);
    }

    [Theory]
    [InlineData("event.type", "gives a string, not a bool")]
    [InlineData("event.data.missing == 1", "no such key")]
    [InlineData("event.data.missing == 1 && true", "no such key")]
    [InlineData("event.data.count.startsWith('9')", "needs strings")]
    [InlineData("event.data < 1", "cannot compare map with int")]
    [InlineData("!event.type", "needs a bool")]
    [InlineData("event.type && true", "needs bools")]
    [InlineData("1 in 2", "\"in\" needs")]
    [InlineData("has(event.missing.deeper)", "no such key")]
    public void A_rule_that_fails_or_is_not_boolean_has_no_answer(string rule, string reason)
    {
        Assert.Null(CelExpression.Compile(rule).Evaluate(Event, out var problem));
        Assert.Contains(reason, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0, "end of the expression")]
    [InlineData("event.type ==", 13, "end of the expression")]
    [InlineData("event.type == 'x", 14, "not closed")]
    [InlineData("event.type = 'x'", 11, "not supported")]
    [InlineData("evt.type == 'x'", 0, "\"evt\" is unknown")]
    [InlineData("event.type.lower() == 'x'", 11, "\"lower\" is not supported")]
    [InlineData("duration('1s') == 1", 0, "\"duration\" is not supported")]
    [InlineData("has(event)", 0, "has needs a field")]
    [InlineData("event.type.matches(event.source)", 19, "string literal")]
    [InlineData("event.type.matches('(?=x)')", 19, "pattern is not supported")]
    [InlineData("event.type == 'x' event", 18, "unexpected event")]
    [InlineData("[1, 2", 5, "expected \",\"")]
    [InlineData("99999999999999999999 == 1", 0, "not a number")]
    [InlineData("9223372036854775808 == 1", 0, "does not fit an int")]
    [InlineData("event.x + 1 == 2", 8, "not supported")]
    public void What_is_outside_the_subset_is_refused_by_name_and_place(string rule, int position, string reason)
    {
        var refusal = Assert.Throws<CelException>(() => CelExpression.Compile(rule));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(position, refusal.Position);
    }

    [Fact]
    public void Nesting_without_end_is_refused_instead_of_overflowing_the_stack() =>
        Assert.Throws<CelException>(() => CelExpression.Compile(new string('(', 100_000)));
}
