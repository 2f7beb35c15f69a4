using System.Net.Http.Json;
using System.Text.Json;
using Dapr.Client;
using Grpc.Core;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Secrets;
using Lucid.Sidecar.Tests.Grpc;
using Lucid.Sidecar.Tests.State;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Tests.Secrets;

public sealed class SecretTests : IDisposable
{
    private const string File = """{ "plain": "one", "nested": { "deep": { "name": "two" }, "list": ["a", true, 7] } }""";
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_secret_is_a_map_of_its_own_name_and_nested_ones_are_flattened()
    {
        await using var sidecar = await TestSidecar.StartAsync(await FileAsync(File));

        Assert.Equal("""{"plain":"one"}""", await BodyAsync(sidecar, "secrets/plain"));
        Assert.Equal("""{"nested:deep:name":"two"}""", await BodyAsync(sidecar, "secrets/nested:deep:name"));
        Assert.Equal("""{"nested:list:1":"true"}""", await BodyAsync(sidecar, "secrets/nested:list:1"));
        var bulk = JsonDocument.Parse(await BodyAsync(sidecar, "secrets/bulk")).RootElement;
        Assert.Equal(["plain", "nested:deep:name", "nested:list:0", "nested:list:1", "nested:list:2"], bulk.EnumerateObject().Select(secret => secret.Name));
    }

    [Fact]
    public async Task A_multi_valued_file_keeps_the_first_level_as_names()
    {
        await using var sidecar = await TestSidecar.StartAsync(await FileAsync(File, ("multiValued", "true"), ("nestedSeparator", ".")));

        Assert.Equal("""{"deep.name":"two","list.0":"a","list.1":"true","list.2":"7"}""", await BodyAsync(sidecar, "secrets/nested"));
        Assert.Equal("""{"plain":"one"}""", await BodyAsync(sidecar, "secrets/plain"));
    }

    [Fact]
    public async Task Stores_and_secrets_that_are_not_there_are_refused_as_by_daprd()
    {
        await using var sidecar = await TestSidecar.StartAsync(await FileAsync(File));
        await using var bare = await TestSidecar.StartAsync(new TestParts());

        Assert.Equal((500, "ERR_SECRET_GET"), await CodeAsync(sidecar, "secrets/absent"));
        Assert.Equal((401, "ERR_SECRET_STORE_NOT_FOUND"), await CodeAsync(sidecar, "other/plain"));
        Assert.Equal((500, "ERR_SECRET_STORES_NOT_CONFIGURED"), await CodeAsync(bare, "secrets/plain"));
    }

    [Theory]
    [InlineData("deny", "", "", false)]
    [InlineData("deny", "plain", "", true)]
    [InlineData("allow", "", "plain", false)]
    [InlineData("allow", "other", "", false)]
    [InlineData("allow", "plain", "plain", true)]
    [InlineData("", "", "", true)]
    public async Task A_scope_decides_and_its_allow_list_decides_alone(string access, string allowed, string denied, bool visible)
    {
        var scope = new SecretScope("secrets", access, allowed.Split(',', StringSplitOptions.RemoveEmptyEntries), denied.Split(',', StringSplitOptions.RemoveEmptyEntries));
        await using var sidecar = await TestSidecar.StartAsync(await FileAsync(File, scope));

        Assert.Equal(visible ? (200, "") : (403, "ERR_PERMISSION_DENIED"), await CodeAsync(sidecar, "secrets/plain"));
        Assert.Equal(visible, (await BodyAsync(sidecar, "secrets/bulk")).Contains("plain", StringComparison.Ordinal));
    }

    [Fact]
    public void Two_scopes_of_one_store_are_refused()
    {
        var scope = new SecretScope("secrets", "deny", [], []);

        Assert.Throws<ResourceException>(() => new TestParts(configuration: ResourceSet.Empty.Configuration with { SecretScopes = [scope, scope] }).Secrets);
    }

    [Fact]
    public async Task The_environment_never_shows_the_tokens_of_the_runtime()
    {
        var host = new ComponentHost("app", "default", TimeProvider.System, NullLoggerFactory.Instance, new SharedResources())
        {
            Environment = new Dictionary<string, string>
            {
                ["MY_KEY"] = "value", ["DAPR_API_TOKEN"] = "hidden", ["APP_API_TOKEN"] = "hidden", ["MY_DAPR_X"] = "shown",
            },
        };
        var factory = new LocalEnvironmentSecretStoreFactory();
        await using var all = await factory.CreateAsync(TestParts.Define(factory.Type, "env"), host, CancellationToken.None);
        await using var some = await factory.CreateAsync(TestParts.Define(factory.Type, "env", ("prefix", "MY_")), host, CancellationToken.None);
        await using var sneaky = await factory.CreateAsync(TestParts.Define(factory.Type, "env", ("prefix", "DAPR_")), host, CancellationToken.None);

        Assert.Equal("value", (await all.GetAsync("MY_KEY", CancellationToken.None))!["MY_KEY"]);
        Assert.Equal("value", (await some.GetAsync("KEY", CancellationToken.None))!["KEY"]);
        Assert.Equal("", (await all.GetAsync("ABSENT", CancellationToken.None))!["ABSENT"]);
        foreach (var name in new[] { "DAPR_API_TOKEN", "dapr_api_token", "APP_API_TOKEN" })
        {
            Assert.Equal("", (await all.GetAsync(name, CancellationToken.None))![name]);
        }

        Assert.Equal("", (await sneaky.GetAsync("API_TOKEN", CancellationToken.None))!["API_TOKEN"]);
        Assert.Equal(["MY_KEY", "MY_DAPR_X"], (await all.GetAllAsync(CancellationToken.None)).Keys);
        Assert.Equal(["KEY"], (await some.GetAllAsync(CancellationToken.None)).Keys.Where(key => key == "KEY"));
        Assert.Empty(await sneaky.GetAllAsync(CancellationToken.None));
    }

    [Fact]
    public async Task The_sdk_reads_a_secret_and_all_of_them()
    {
        await using var sidecar = await TestSidecar.StartAsync(await FileAsync(File));
        var services = new ServiceCollection();
        services.AddDaprClient(builder => builder.UseGrpcEndpoint(sidecar.GrpcAddress).UseHttpEndpoint(sidecar.HttpAddress));
        await using var provider = services.BuildServiceProvider();
        var client = provider.GetRequiredService<DaprClient>();

        Assert.Equal("one", (await client.GetSecretAsync("secrets", "plain"))["plain"]);
        Assert.Equal("two", (await client.GetBulkSecretAsync("secrets"))["nested:deep:name"]["nested:deep:name"]);
        var grpc = new Proto.Dapr.DaprClient(global::Grpc.Net.Client.GrpcChannel.ForAddress(sidecar.GrpcAddress));
        Assert.Equal(StatusCode.Internal, await DaprClientStateTests.CodeAsync(() => grpc.GetSecretAsync(new() { StoreName = "secrets", Key = "absent" }).ResponseAsync));
        Assert.Equal(StatusCode.InvalidArgument, await DaprClientStateTests.CodeAsync(() => grpc.GetSecretAsync(new() { StoreName = "other", Key = "k" }).ResponseAsync));
    }

    [Theory]
    [InlineData("[1]", "is not a JSON object")]
    [InlineData("{", "cannot read")]
    [InlineData("""{ "a:b": "1", "a": { "b": "2" } }""", "a:b")]
    public async Task A_file_that_cannot_be_used_names_the_field_and_shows_no_value(string content, string message)
    {
        var refused = await Assert.ThrowsAsync<ComponentException>(() => FileAsync(content));

        Assert.Contains("secretsFile", refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    private async Task<TestParts> FileAsync(string content, SecretScope scope)
    {
        System.IO.File.WriteAllText(folder["secrets.json"], content);
        var parts = new TestParts(configuration: ResourceSet.Empty.Configuration with { SecretScopes = [scope] });
        return await parts.AddAsync(new LocalFileSecretStoreFactory(), "secrets", ("secretsFile", folder["secrets.json"]));
    }

    private async Task<TestParts> FileAsync(string content, params (string, string)[] metadata)
    {
        System.IO.File.WriteAllText(folder["secrets.json"], content);
        return await new TestParts().AddAsync(new LocalFileSecretStoreFactory(), "secrets", [("secretsFile", folder["secrets.json"]), .. metadata]);
    }

    private static async Task<string> BodyAsync(TestSidecar sidecar, string path) => await sidecar.Http.GetStringAsync("/v1.0/secrets/" + path);

    private static async Task<(int, string)> CodeAsync(TestSidecar sidecar, string path)
    {
        using var response = await sidecar.Http.GetAsync("/v1.0/secrets/" + path);
        var body = await response.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)response.StatusCode, body.TryGetProperty("errorCode", out var code) ? code.GetString()! : "");
    }
}
