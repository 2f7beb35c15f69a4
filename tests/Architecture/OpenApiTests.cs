using System.Text.Json.Nodes;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;
using Lucid.OpenApiFiles;

namespace Lucid.Architecture;

/// <summary>What the built services say of themselves, against the contracts and the documents kept in the repository.</summary>
public sealed class OpenApiTests(OpenApiTests.Described described) : IClassFixture<OpenApiTests.Described>
{
    /// <summary>Rules whose endpoint is not built yet, each with the reason.</summary>
    private static readonly Dictionary<string, string> NotServedYet = new()
    {
        [$"{AppIds.ApiGateway} GET {Routes.Catalogue}"] = "trust policies, the only thing the gateway will own, are not built yet",
    };

    /// <summary>Endpoints that no rule names, each with the reason.</summary>
    private static readonly Dictionary<string, string> ForNobody = new()
    {
        [$"{AppIds.BlockchainEngine} post {Routes.Engine.Blocks}"] = "it says why a block is refused: blocks come from the elected proposer on the peer channel",
    };

    [Fact]
    public void Documents_in_the_repository_say_what_the_services_say()
    {
        var differing = described.Files
            .Where(file => !File.Exists(Path.Combine(Repository.Root, file.Path)) || File.ReadAllText(Path.Combine(Repository.Root, file.Path)) != file.Text)
            .Select(file => file.Path);
        Assert.Empty(differing); // dotnet run --project tools/OpenApiFiles -c Release
        Assert.Equal(
            described.Files.Select(file => file.Path).Order(StringComparer.Ordinal),
            Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs/openapi")).Select(path => Path.GetRelativePath(Repository.Root, path)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Every_operation_has_a_name_of_its_own_a_summary_and_a_tag()
    {
        Assert.Empty(Operations().Where(operation => new[] { "operationId", "summary", "tags" }.Any(member => operation.Value[member] is null)).Select(Name));
        Assert.All(
            Operations().GroupBy(operation => operation.AppId), app => Assert.Distinct(app.Select(operation => (string)operation.Value["operationId"]!)));
    }

    [Fact]
    public void Every_operation_says_what_it_answers()
    {
        var silent = Operations()
            .Where(operation => operation.Verb != "head" && !ForNobody.ContainsKey(Name(operation)))
            .Where(operation => !operation.Value["responses"]!.AsObject().Any(response =>
                response.Key == "204" || (response.Key.StartsWith('2') && response.Value!["content"] is not null)))
            .Select(Name);
        Assert.Empty(silent);
    }

    [Fact]
    public void Every_rule_of_the_matrix_leads_to_an_endpoint()
    {
        var missing = AllowMatrix.All
            .Where(rule => described.Documents.ContainsKey(rule.Callee) && PublicDocument.OperationOf(described.Documents[rule.Callee], rule.Verb, rule.Template) is null)
            .Select(rule => $"{rule.Callee} {rule.Verb} {rule.Template}").Distinct();
        Assert.Equal(NotServedYet.Keys, missing);
    }

    [Fact]
    public void Every_endpoint_behind_the_wall_is_in_the_matrix()
    {
        var unreachable = Operations()
            .Where(operation => operation.AppId != AppIds.ApiGateway)
            .Where(operation => !AllowMatrix.For(operation.AppId).Any(rule =>
                string.Equals(rule.Verb, operation.Verb, StringComparison.OrdinalIgnoreCase) && PublicDocument.Spelling(rule.Template) == PublicDocument.Spelling(operation.Path)))
            .Select(Name);
        Assert.Equal(ForNobody.Keys, unreachable);
    }

    private IEnumerable<(string AppId, string Path, string Verb, JsonNode Value)> Operations() =>
        from document in described.Documents
        from path in document.Value["paths"]?.AsObject() ?? []
        from operation in path.Value!.AsObject()
        select (document.Key, path.Key, operation.Key, operation.Value!);

    private static string Name((string AppId, string Path, string Verb, JsonNode Value) operation) => $"{operation.AppId} {operation.Verb} {operation.Path}";

    public sealed class Described : IAsyncLifetime
    {
        public IReadOnlyDictionary<string, JsonNode> Documents { get; private set; } = null!;

        public IReadOnlyList<DaprFiles.GeneratedFile> Files { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Documents = await OpenApiDocuments.DescribeAsync(Repository.Root, TestContext.Current.CancellationToken);
            Files = OpenApiDocuments.FilesOf(Documents);
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
