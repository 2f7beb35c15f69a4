using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.SecretsAndMetadata;

/// <summary>Statements 170 to 181, 185 and 186.</summary>
public sealed class SecretTests(SecretWorld world) : IClassFixture<SecretWorld>
{
    [Fact]
    public async Task S170_a_secret_is_its_name_and_value()
    {
        await (await SecretAsync(world.Open, "file", "plain")).IsAsync(200, """{"plain":"value"}""");
        Assert.Equal("value", (await world.Sdk(world.Open).GetSecretAsync("file", "plain"))["plain"]);
    }

    [Fact]
    public async Task S171_an_unknown_store_is_not_found() =>
        await (await SecretAsync(world.Open, "nowhere", "plain")).IsRefusedAsync(401, "ERR_SECRET_STORE_NOT_FOUND");

    [Fact]
    public async Task S172_without_stores_none_is_configured() =>
        await (await SecretAsync(world.Bare, "file", "plain")).IsRefusedAsync(500, "ERR_SECRET_STORES_NOT_CONFIGURED");

    [Fact]
    public async Task S173_a_secret_outside_the_scope_is_denied()
    {
        await (await SecretAsync(world.Scoped, "file", "a:b")).IsRefusedAsync(403, "ERR_PERMISSION_DENIED");
        await (await SecretAsync(world.Scoped, "multi", "database")).IsRefusedAsync(403, "ERR_PERMISSION_DENIED");
    }

    [Fact]
    public async Task S174_denied_secrets_are_left_out_of_all()
    {
        await (await world.GetAsync(world.Scoped, "/v1.0/secrets/multi/bulk")).IsAsync(200, """{"other":{"key":"k"}}""");
        Assert.Equal(["plain"], (await world.Sdk(world.Scoped).GetBulkSecretAsync("file")).Keys);
    }

    [Fact]
    public async Task S175_a_list_of_what_is_allowed_beats_the_default() => await (await SecretAsync(world.Scoped, "file", "plain")).IsAsync(200, """{"plain":"value"}""");

    [Fact]
    public async Task S176_a_file_is_flattened_or_has_many_values()
    {
        await (await SecretAsync(world.Open, "file", "a:b")).IsAsync(200, """{"a:b":"nested"}""");
        var many = await (await SecretAsync(world.Open, "multi", "database")).JsonAsync();
        Assert.Equal(("u", "p"), (many.Text("user"), many.Text("password")));
    }

    [Theory]
    [InlineData("LUCID_CONFORMANCE_ABSENT")]
    [InlineData(SecretWorld.HiddenVariable)]
    [InlineData("APP_API_TOKEN")]
    public async Task S177_a_variable_that_is_absent_or_hidden_is_empty(string name) =>
        await (await SecretAsync(world.Open, "env", name)).IsAsync(200, $$"""{"{{name}}":""}""");

    [Fact]
    public async Task S178_a_component_of_other_apps_does_not_exist() =>
        await (await world.GetAsync(world.Open, "/v1.0/state/foreign/k")).IsRefusedAsync(400, "ERR_STATE_STORE_NOT_FOUND");

    [Fact]
    public async Task S179_a_component_of_another_namespace_does_not_exist() =>
        await (await world.GetAsync(world.Open, "/v1.0/state/elsewhere/k")).IsRefusedAsync(400, "ERR_STATE_STORE_NOT_FOUND");

    [Fact]
    public async Task S180_a_reference_without_key_means_the_secret_of_that_name()
    {
        await (await world.PostAsync(world.Open, "/v1.0/state/referring", """[{"key":"k","value":1}]""")).IsDoneAsync();
        Assert.True(File.Exists(world.Folder.Data("secret.db")));
    }

    [Theory]
    [InlineData(SecretWorld.HiddenVariable)]
    [InlineData("APP_API_TOKEN")]
    public async Task S181_a_component_cannot_read_the_runtimes_variables(string name)
    {
        var folder = world.NewFolder().Write("store.yaml", $"""
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata:
              name: store
            spec:
              type: state.sqlite
              version: v1
              metadata:
                - name: connectionString
                  envRef: {name}
            """);
        var variables = new Dictionary<string, string> { [name] = folder.Data("never.db") };
        await Assert.ThrowsAnyAsync<Exception>(() => world.LaunchAsync(new SidecarSpec("reader") { Resources = folder.Path, Environment = variables }));
        Assert.False(File.Exists(folder.Data("never.db")));
    }

    [Fact]
    public async Task S185_metadata_describe_the_sidecar()
    {
        var metadata = await (await world.GetAsync(world.Open, "/v1.0/metadata")).JsonAsync();
        Assert.Equal("secrets-open", metadata.Text("id"));
        Assert.NotEmpty(metadata.Text("runtimeVersion")!);
        var components = metadata.GetProperty("components").EnumerateArray().Select(component => (component.Text("name"), component.Text("type"))).ToArray();
        Assert.Contains(("file", "secretstores.local.file"), components);
        Assert.DoesNotContain(components, component => component.Item1 == "foreign");
        Assert.Contains((await world.Sdk(world.Open).GetMetadataAsync()).Components, component => component is { Name: "env", Type: "secretstores.local.env" });

        await using var subscribed = new World();
        subscribed.Folder.Add("broker", "pubsub.in-memory");
        var app = await subscribed.AppAsync("""[{"pubsubname":"broker","topic":"t185","route":"/t185"}]""");
        var sidecar = await subscribed.SidecarAsync(new SidecarSpec("subscribed") { AppPort = app.Port });
        var subscription = (await (await subscribed.GetAsync(sidecar, "/v1.0/metadata")).JsonAsync()).GetProperty("subscriptions")[0];
        Assert.Equal(("broker", "t185"), (subscription.Text("pubsubname"), subscription.Text("topic")));
    }

    [Fact]
    public async Task S186_metadata_can_be_extended()
    {
        await (await world.SendAsync(world.Open, "PUT", "/v1.0/metadata/build", World.Body("s186", "text/plain"))).IsDoneAsync();
        Assert.Equal("s186", (await (await world.GetAsync(world.Open, "/v1.0/metadata")).JsonAsync()).GetProperty("extended").Text("build"));
    }

    private Task<HttpResponseMessage> SecretAsync(SidecarSpec sidecar, string store, string name) => world.GetAsync(sidecar, $"/v1.0/secrets/{store}/{name}");
}
