using System.Reflection;
using System.Text.RegularExpressions;

namespace Lucid.Sidecar.Conformance;

/// <summary>The suite against the numbered statements of the contract: a test is named <c>S187_a_method_call_reaches_the_app_as_PUT</c>.</summary>
public sealed partial class StatementTests
{
    private const int Statements = 217;

    [Fact]
    public void Every_statement_has_a_test_or_a_reason()
    {
        var tested = Tested().Keys.ToHashSet();
        var missing = Enumerable.Range(1, Statements).Where(number => !tested.Contains(number) && NotMet.Reason(number) is null).ToArray();
        Assert.True(missing.Length == 0, $"neither tested nor listed in NotMet: {string.Join(", ", missing)}");
    }

    [Fact]
    public void No_statement_is_both_tested_and_excused()
    {
        var both = Tested().Where(test => NotMet.Reason(test.Key) is not null).Select(test => test.Value).ToArray();
        Assert.True(both.Length == 0, $"tested, so it must leave NotMet: {string.Join(", ", both)}");
    }

    [Fact]
    public void Every_numbered_test_names_a_statement_of_the_contract() =>
        Assert.All(Tested().Keys, number => Assert.InRange(number, 1, Statements));

    [Fact]
    public void The_documentation_gives_the_same_reasons()
    {
        var documented = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "docs", "sidecar.md"))
            .Select(line => Row().Match(line))
            .Where(row => row.Success)
            .Select(row => (int.Parse(row.Groups[1].ValueSpan), row.Groups[2].Value));
        Assert.Equal(NotMet.Statements.Select(number => (number, NotMet.Reason(number)!)), documented);
    }

    private static Dictionary<int, string> Tested() => typeof(StatementTests).Assembly.GetTypes()
        .SelectMany(type => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        .Where(method => method.GetCustomAttributes<FactAttribute>().Any())
        .SelectMany(method => Number().Match(method.Name) is { Success: true } match ? new[] { (Number: int.Parse(match.Groups[1].ValueSpan), method.Name) } : [])
        .GroupBy(test => test.Number)
        .ToDictionary(tests => tests.Key, tests => tests.First().Name);

    [GeneratedRegex("^S([0-9]{3})_")]
    private static partial Regex Number();

    [GeneratedRegex("^\\| ([0-9]+) \\| (.*) \\|$")]
    private static partial Regex Row();
}
