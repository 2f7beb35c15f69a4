using System.Text;

namespace Lucid.Evidence.Tests;

public sealed class FormatsDocumentTests
{
    [Fact]
    public async Task Every_vector_of_the_document_is_what_the_library_computes()
    {
        var document = Read();
        var computed = await DocumentVectors.ComputeAsync(document["manifest_signature"]);
        Assert.Equal(computed.Keys.Order(StringComparer.Ordinal), document.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, value) in computed)
        {
            Assert.True(document[name] == value, $"{name}\n document: {document[name]}\n computed: {value}");
        }
    }

    [Fact]
    public void The_document_quotes_the_readme_of_a_bundle()
    {
        var document = File.ReadAllText(Repository.File("docs/formats.md"));
        var start = document.IndexOf("```readme\n", StringComparison.Ordinal) + "```readme\n".Length;
        Assert.Equal(Encoding.ASCII.GetString(BundleReadme.Version1.Span), document[start..document.IndexOf("```", start, StringComparison.Ordinal)]);
    }

    // Vectors stand in fenced blocks of the language "vectors", one "name: value" in each line.
    private static Dictionary<string, string> Read()
    {
        var vectors = new Dictionary<string, string>(StringComparer.Ordinal);
        var inside = false;
        foreach (var line in File.ReadLines(Repository.File("docs/formats.md")))
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                inside = line == "```vectors";
            }
            else if (inside)
            {
                var colon = line.IndexOf(": ", StringComparison.Ordinal);
                vectors.Add(line[..colon], line[(colon + 2)..]);
            }
        }

        return vectors;
    }
}
