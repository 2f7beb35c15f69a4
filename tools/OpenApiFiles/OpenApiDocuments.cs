using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Lucid.Contracts.Services;
using Lucid.DaprFiles;

namespace Lucid.OpenApiFiles;

/// <summary>The API documents: one for each service, and the public API as the gateway offers it.</summary>
public static class OpenApiDocuments
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static IReadOnlyList<GeneratedFile> FilesOf(IReadOnlyDictionary<string, JsonNode> documents) =>
    [
        .. documents.Where(document => document.Value["paths"] is JsonObject { Count: > 0 }).Select(document => File(document.Key, document.Value)),
        File("public", PublicDocument.Of(documents)),
    ];

    /// <summary>What each built service says of itself, by app-id.</summary>
    /// <exception cref="InvalidOperationException">A service is not built, or does not describe itself.</exception>
    public static async Task<IReadOnlyDictionary<string, JsonNode>> DescribeAsync(string root, CancellationToken cancellationToken)
    {
        var documents = new SortedDictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var service in ServiceTable.All.Where(service => GeneratedFiles.IsBuilt(root, service)))
        {
            documents[service.AppId] = await ServiceProgram.DescribeAsync(root, service, cancellationToken);
        }

        return documents;
    }

    private static GeneratedFile File(string name, JsonNode document) => new($"docs/openapi/{name}.json", document.ToJsonString(Indented) + "\n");
}
