using System.Text.RegularExpressions;

namespace Lucid.Architecture;

public sealed partial class PromisesTests
{
    [Fact]
    public void Every_promise_names_tests_that_exist()
    {
        var tests = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal))
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(match => match.Groups[1].Value))
            .ToHashSet(StringComparer.Ordinal);
        var rows = File.ReadLines(Path.Combine(Repository.Root, "docs/promises.md")).Where(line => line.StartsWith("| ", StringComparison.Ordinal) && line != "| Promise | Test |").ToList();
        Assert.NotEmpty(rows);
        Assert.All(rows, row => Assert.NotEmpty(NamesIn(row)));
        Assert.DoesNotContain(rows.SelectMany(NamesIn), name => !tests.Contains(name));
    }

    /// <summary>Test names stand in the last cell, as code.</summary>
    private static List<string> NamesIn(string row) =>
        [.. Code().Matches(row[row.LastIndexOf(" | ", row.Length - 3, StringComparison.Ordinal)..]).Select(match => match.Groups[1].Value)];

    [GeneratedRegex(@"public (?:async )?(?:Task|void) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex("`([A-Z][A-Za-z0-9]*_[A-Za-z0-9_]+)`")]
    private static partial Regex Code();
}
