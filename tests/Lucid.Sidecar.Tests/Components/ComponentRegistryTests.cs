using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Secrets;
using Lucid.Sidecar.State.InMemory;
using Lucid.Sidecar.State.Sqlite;
using Lucid.Sidecar.Tests.State;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace Lucid.Sidecar.Tests.Components;

public sealed class ComponentRegistryTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private readonly Dictionary<string, string> environment = [];
    private readonly RecordingFactory recording = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Only_components_of_the_apps_scope_and_namespace_exist()
    {
        await using var set = await LoadAsync(
            Memory("everyone's"),
            Memory("mine") with { Scopes = ["other", "app"] },
            Memory("foreign scope") with { Scopes = ["other"] },
            Memory("my namespace") with { Namespace = "wallet" },
            Memory("foreign namespace") with { Namespace = "lucid" });

        Assert.Equal(["everyone's", "mine", "my namespace"], set.StateStores.Keys);
    }

    [Theory]
    [InlineData("state.in-memory")]
    [InlineData("State.In-Memory/v1")]
    public async Task A_denied_type_does_not_exist(string entry)
    {
        var resources = ResourceSet.Empty with
        {
            Components = [Memory("store")],
            Configuration = ResourceSet.Empty.Configuration with { DeniedComponents = [entry] },
        };

        await using var set = await LoadAsync(resources);

        Assert.Empty(set.StateStores);
    }

    [Fact]
    public async Task An_unknown_type_lists_the_known_ones()
    {
        var refused = await RefusedAsync(Component("store", "state.mongodb"));

        Assert.Equal("components.yaml:1: component store, spec.type: the embedded runtime has no state.mongodb; known: secretstores.local.env, secretstores.local.file, state.in-memory, state.recording, state.sqlite", refused.Message);
    }

    [Fact]
    public async Task An_unknown_field_is_named_with_file_and_line()
    {
        var refused = await RefusedAsync(Component("store", "state.recording", Field("keyPrefix", "name", 4), Field("host", "x", 5)));

        Assert.Equal("components.yaml:5: component store, field host: state.recording has no such field; known: actorStateStore, id, keyPrefix, outboxDiscardWhenMissingState, outboxPublishPubsub, outboxPublishTopic, outboxPubsub, password", refused.Message);
    }

    [Fact]
    public async Task A_field_the_component_refuses_is_named_with_its_line()
    {
        var refused = await RefusedAsync(Component("store", "state.sqlite", Field("connectionString", folder["x.db"], 7), Field("busyTimeout", "soon", 8)));

        Assert.StartsWith("components.yaml:8: component store: field busyTimeout", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_components_of_one_name_and_a_field_given_twice_are_refused()
    {
        Assert.Contains("defined already", (await RefusedAsync(Memory("a"), Memory("a"))).Message, StringComparison.Ordinal);
        Assert.Contains("given twice", (await RefusedAsync(Component("a", "state.recording", Field("id", "1", 3), Field("ID", "2", 4)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_may_fail_quietly_when_it_says_so()
    {
        await using var set = await LoadAsync(Component("bad", "state.mongodb") with { IgnoreErrors = true }, Memory("good"));

        Assert.Equal(["good"], set.StateStores.Keys);
    }

    [Fact]
    public async Task Secrets_are_resolved_whatever_the_order_of_the_files()
    {
        File.WriteAllText(folder["secrets.json"], """{ "password": "s3cret", "user": "me" }""");
        var store = Component(
            "store",
            "state.recording",
            new ComponentMetadata("password", At(3)) { SecretKeyRef = new SecretKeyReference("password", "password") },
            new ComponentMetadata("id", At(4)) { SecretKeyRef = new SecretKeyReference("user", "user") }) with { SecretStore = "secrets" };

        await using var set = await LoadAsync(store, Component("secrets", "secretstores.local.file", Field("secretsFile", folder["secrets.json"], 2)));

        Assert.Equal(("s3cret", "me"), (recording.Seen!["password"], recording.Seen["ID"]));
    }

    [Fact]
    public async Task A_secret_reference_that_leads_nowhere_is_refused()
    {
        File.WriteAllText(folder["secrets.json"], "{}");
        var secrets = Component("secrets", "secretstores.local.file", Field("secretsFile", folder["secrets.json"], 2));
        var store = Component("store", "state.recording", new ComponentMetadata("password", At(3)) { SecretKeyRef = new SecretKeyReference("password", "key") });

        Assert.Contains("auth.secretStore", (await RefusedAsync(secrets, store)).Message, StringComparison.Ordinal);
        Assert.Contains("no secret store other", (await RefusedAsync(secrets, store with { SecretStore = "other" })).Message, StringComparison.Ordinal);
        Assert.Equal(
            "components.yaml:3: component store, field password: the secret store secrets has no secret password with key key",
            (await RefusedAsync(secrets, store with { SecretStore = "secrets" })).Message);
    }

    [Theory]
    [InlineData("DAPR_API_TOKEN")]
    [InlineData("app_api_token")]
    public async Task A_component_cannot_read_the_tokens_of_the_runtime(string variable)
    {
        environment[variable] = "hidden";

        var refused = await RefusedAsync(Component("store", "state.recording", new ComponentMetadata("id", At(3)) { EnvRef = variable }));

        Assert.Contains("must not be read", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Variables_and_placeholders_are_filled_in()
    {
        environment["STORE_ID"] = "from-env";
        environment["POD_NAME"] = "pod-1";
        await using (await LoadAsync(Component("store", "state.recording", new ComponentMetadata("id", At(3)) { EnvRef = "STORE_ID" }, Field("password", "{appID}/{namespace}/{podName}", 4))))
        {
            Assert.Equal(("from-env", "app/wallet.app/pod-1"), (recording.Seen!["id"], recording.Seen["password"]));
        }

        await using (await LoadAsync(Component("store", "state.recording", Field("id", "{uuid}-{uuid}", 3))))
        {
            var id = recording.Seen!["id"]!;
            Assert.Equal(73, id.Length);
            Assert.NotEqual(id[..36], id[37..]);
        }

        Assert.Contains("not set", (await RefusedAsync(Component("store", "state.recording", new ComponentMetadata("id", At(3)) { EnvRef = "ABSENT" }))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_component_that_does_not_open_in_time_is_given_up_and_closed_later()
    {
        recording.Gate = new TaskCompletionSource();
        var loading = LoadAsync(Component("slow", "state.recording") with { InitTimeout = TimeSpan.FromSeconds(3) });
        time.Advance(TimeSpan.FromSeconds(3));

        var refused = await Assert.ThrowsAsync<ResourceException>(() => loading);
        Assert.Contains("not open after 3 s", refused.Message, StringComparison.Ordinal);
        recording.Gate.SetResult();
        await recording.Closed.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task When_one_component_fails_those_opened_before_are_closed()
    {
        await RefusedAsync(Component("first", "state.recording"), Component("second", "state.mongodb"));

        Assert.True(recording.Closed.Task.IsCompleted);
    }

    private Task<ComponentSet> LoadAsync(params ComponentResource[] components) => LoadAsync(ResourceSet.Empty with { Components = components });

    private Task<ComponentSet> LoadAsync(ResourceSet resources)
    {
        var registry = new ComponentRegistry(
            [new LocalFileSecretStoreFactory(), new LocalEnvironmentSecretStoreFactory()],
            [new InMemoryStateStoreFactory(), new SqliteStateStoreFactory(), recording],
            [],
            [],
            NullLoggerFactory.Instance);
        var host = new ComponentHost("app", "wallet", time, NullLoggerFactory.Instance, new SharedResources()) { Environment = environment };
        return registry.LoadAsync(resources, host, folder.Path, Metrics.WithCustomRegistry(Metrics.NewCustomRegistry()), CancellationToken.None);
    }

    private Task<ResourceException> RefusedAsync(params ComponentResource[] components) => Assert.ThrowsAsync<ResourceException>(() => LoadAsync(components));

    private static ComponentResource Memory(string name) => Component(name, "state.in-memory");

    private static ComponentResource Component(string name, string type, params ComponentMetadata[] metadata) =>
        new(name, null, type, "v1", At(1)) { Metadata = metadata };

    private static ComponentMetadata Field(string name, string value, int line) => new(name, At(line)) { Value = value };

    private static SourceLocation At(int line) => new("components.yaml", line);

    private sealed class RecordingFactory : IComponentFactory<IStateStore>
    {
        public string Type => "state.recording";

        public IReadOnlySet<string> Fields { get; } = new HashSet<string> { "id", "password" };

        public ComponentDefinition? Seen { get; private set; }

        public TaskCompletionSource? Gate { get; set; }

        public TaskCompletionSource Closed { get; } = new();

        public async ValueTask<IStateStore> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken)
        {
            Seen = definition;
            await (Gate?.Task ?? Task.CompletedTask);
            return new Store(Closed);
        }

        private sealed class Store(TaskCompletionSource closed) : IStateStore
        {
            public bool IsTransactional => false;

            public ValueTask<StateValue?> GetAsync(string key, CancellationToken cancellationToken) => ValueTask.FromResult<StateValue?>(null);

            public ValueTask SetAsync(StateSet operation, CancellationToken cancellationToken) => ValueTask.CompletedTask;

            public ValueTask DeleteAsync(StateDelete operation, CancellationToken cancellationToken) => ValueTask.CompletedTask;

            public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) => ValueTask.CompletedTask;

            public ValueTask DisposeAsync()
            {
                closed.TrySetResult();
                return ValueTask.CompletedTask;
            }
        }
    }
}
