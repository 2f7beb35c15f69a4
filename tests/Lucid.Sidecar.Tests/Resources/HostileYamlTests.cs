using System.Text;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Tests.Resources;

public sealed class HostileYamlTests
{
    public static TheoryData<string, string> Documents => new()
    {
        { "a: &x [1]\nb: *x\n", "anchors (&name) are not supported" },
        { "b: *x\n", "aliases (*name) are not supported" },
        { "a: !!binary aGk=\n", "tags (!name) are not supported" },
        { "a: !<tag:evil> 1\n", "tags (!name) are not supported" },
        { "<<: { a: b }\n", "merge keys (<<) are not supported" },
        { new string('[', 5000), "nested deeper than 32 levels" },
        { string.Concat(Enumerable.Range(0, 200).Select(depth => new string(' ', depth) + "a:\n")), "nested deeper than 32 levels" },
        { "a: [" + string.Join(',', Enumerable.Repeat('1', YamlReader.MaximumNodes)) + "]", "more than 50000 values" },
        { "a: " + new string('x', YamlReader.MaximumScalar + 1), "a value longer than 65536 characters" },
        { "? [a, b]\n: c\n", "a field name must be text" },
        { "a: b\na: c\n", "duplicate field 'a'" },
        { "a: \"unfinished\n", "not valid YAML" },
        { "a: b\n\tc: d\n", "not valid YAML" },
        { "%YAML 9.9\n---\na: b\n", "not valid YAML" },
    };

    [Theory]
    [MemberData(nameof(Documents))]
    public void What_is_no_plain_data_or_beyond_the_bounds_is_refused(string yaml, string message)
    {
        var error = Assert.Throws<ResourceException>(() => YamlReader.ReadText(yaml, "hostile.yaml"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("hostile.yaml:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_classic_bomb_of_aliases_is_refused_before_it_grows()
    {
        var bomb = new StringBuilder("a0: &a0 [lol]\n");
        for (var level = 1; level < 30; level++)
        {
            bomb.Append($"a{level}: &a{level} [{string.Join(',', Enumerable.Repeat($"*a{level - 1}", 10))}]\n");
        }

        Assert.Throws<ResourceException>(() => YamlReader.ReadText(bomb.ToString(), "bomb.yaml"));
    }

    [Fact]
    public void A_file_over_the_size_limit_is_not_parsed()
    {
        using var folder = new TemporaryFolder();
        var file = folder.Write("large.yaml", new string('#', YamlReader.MaximumBytes + 1));

        Assert.Equal($"{file}: the file is larger than 1048576 bytes", Assert.Throws<ResourceException>(() => YamlReader.ReadFile(file)).Message);
    }

    [Fact]
    public void Documents_keep_their_lines_and_empty_ones_are_left_out()
    {
        var documents = YamlReader.ReadText("---\na: 1\n---\n# nothing\n---\nb:\n  c: 2\n", "f.yaml");

        Assert.Equal(2, documents.Count);
        var b = Assert.IsType<YamlMapping>(documents[1]).Fields["b"];
        Assert.Equal(new SourceLocation("f.yaml", 6), b.Location);
        Assert.Equal(7, Assert.IsType<YamlMapping>(b).Fields["c"].Location.Line);
    }
}
