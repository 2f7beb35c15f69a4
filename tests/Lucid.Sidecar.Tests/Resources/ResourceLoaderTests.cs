using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Tests.Resources;

public sealed class ResourceLoaderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_component_is_read_with_all_its_fields()
    {
        var file = folder.Write("r/c.yml", """
            apiVersion: dapr.io/v1alpha1
            kind: Component
            metadata: { name: lucid-pubsub, namespace: lucid }
            spec:
              type: pubsub.redis
              version: v1
              ignoreErrors: true
              initTimeout: 5s
              metadata:
                - { name: redisHost, value: "redis:6379" }
                - { name: redisPassword, secretKeyRef: { name: redis, key: password } }
                - { name: token, secretKeyRef: { name: redis } }
                - { name: maxRetries, value: 3 }
                - name: user
                  envRef: REDIS_USER
            auth: { secretStore: lucid-secrets }
            scopes: [payout-router, tron-node]
            """);

        var component = Assert.Single(Load("lucid").Components);

        Assert.Equal(("lucid-pubsub", "lucid", "pubsub.redis", "v1"), (component.Name, component.Namespace, component.Type, component.Version));
        Assert.Equal(new SourceLocation(file, 1), component.Location);
        Assert.True(component.IgnoreErrors);
        Assert.Equal(TimeSpan.FromSeconds(5), component.InitTimeout);
        Assert.Equal("lucid-secrets", component.SecretStore);
        Assert.Equal(["payout-router", "tron-node"], component.Scopes);
        Assert.Equal(["redis:6379", null, null, "3", null], component.Metadata.Select(item => item.Value));
        Assert.Equal(new SecretKeyReference("redis", "password"), component.Metadata[1].SecretKeyRef);
        Assert.Equal(new SecretKeyReference("redis", "redis"), component.Metadata[2].SecretKeyRef);
        Assert.Equal("REDIS_USER", component.Metadata[4].EnvRef);
        Assert.Equal(14, component.Metadata[4].Location.Line);
    }

    [Fact]
    public void Both_versions_of_subscriptions_are_read()
    {
        folder.Write("r/s.yaml", """
            apiVersion: dapr.io/v2alpha1
            kind: Subscription
            metadata: { name: chunks }
            spec:
              pubsubname: lucid-pubsub
              topic: chunk.stored
              routes:
                rules:
                  - { match: event.type == "lucid.chunk.v2", path: /events/chunk-v2 }
                default: /events/chunk
              deadLetterTopic: chunk.stored.dead
              metadata: { rawPayload: "true" }
              bulkSubscribe: { enabled: true, maxMessagesCount: 5 }
            scopes: [anchoring]
            ---
            apiVersion: dapr.io/v1alpha1
            kind: Subscription
            spec: { pubsubname: p, topic: t, route: /old }
            """);

        var subscriptions = Load("lucid").Subscriptions;

        Assert.Equal(new SubscriptionRule("event.type == \"lucid.chunk.v2\"", "/events/chunk-v2"), Assert.Single(subscriptions[0].Rules));
        Assert.Equal(("/events/chunk", "chunk.stored.dead"), (subscriptions[0].DefaultRoute, subscriptions[0].DeadLetterTopic));
        Assert.Equal("true", subscriptions[0].Metadata["rawPayload"]);
        Assert.Equal(new BulkSubscribeSpec(true, 5, 1000), subscriptions[0].BulkSubscribe);
        Assert.Equal(["anchoring"], subscriptions[0].Scopes);
        Assert.Equal(("/old", 16), (subscriptions[1].DefaultRoute, subscriptions[1].Location!.Line));
    }

    [Fact]
    public void Resiliency_has_daprds_defaults_and_may_name_policies_of_another_file()
    {
        folder.Write("r/a.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: { name: targets }
            spec:
              targets:
                apps: { shop: { timeout: fast, circuitBreaker: breaker, circuitBreakerCacheSize: 10 } }
                components: { pubsub: { inbound: { retry: important } } }
                actors: { Cart: { retry: DaprBuiltInActorNotFoundRetries, circuitBreaker: breaker, circuitBreakerScope: both } }
            """);
        folder.Write("r/b.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: { name: policies }
            spec:
              policies:
                timeouts: { fast: 500ms }
                retries:
                  important: {}
                  narrow: { policy: exponential, maxInterval: 15s, maxRetries: 3, matching: { httpStatusCodes: "429,500-599", gRPCStatusCodes: "1" } }
                circuitBreakers: { breaker: { trip: consecutiveFailures > 8, interval: 8s } }
            scopes: [a]
            """);

        var read = Load("lucid").Resiliency;

        Assert.Equal(new ResiliencyTarget("fast", null, "breaker", 10), read[0].Apps["shop"]);
        Assert.Equal(new ResiliencyTarget(null, "important", null), read[0].Components["pubsub"].Inbound);
        Assert.Null(read[0].Components["pubsub"].Outbound);
        Assert.Equal("both", read[0].Actors["Cart"].CircuitBreakerScope);
        Assert.Equal(TimeSpan.FromMilliseconds(500), read[1].Timeouts["fast"]);
        Assert.Equal(new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(60), -1, null, null), read[1].Retries["important"]);
        Assert.Equal(new RetryPolicySpec(RetryBackoff.Exponential, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), 3, "429,500-599", "1"), read[1].Retries["narrow"]);
        Assert.Equal(new CircuitBreakerSpec(1, TimeSpan.FromSeconds(8), TimeSpan.FromSeconds(60), "consecutiveFailures > 8"), read[1].CircuitBreakers["breaker"]);
        Assert.Equal(["a"], read[1].Scopes);
    }

    [Fact]
    public void A_configuration_keeps_the_spelling_that_the_decision_depends_on()
    {
        var configuration = LoadConfiguration("""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: tron-node }
            spec:
              tracing: { samplingRate: "0.1", otel: { endpointAddress: "otel:4317", isSecure: false, protocol: http } }
              metrics: { enabled: true, recordErrorCodes: true, http: { increasedCardinality: true, pathMatching: [] } }
              mtls: { enabled: true, workloadCertTTL: 24h, allowedClockSkew: 15m }
              secrets: { scopes: [ { storeName: tron-secrets, defaultAccess: deny, allowedSecrets: [wallet, db] } ] }
              accessControl:
                defaultAction: Deny
                trustDomain: lucid
                policies:
                  - { appId: payout-router, trustDomain: lucid, namespace: lucid-tron, defaultAction: deny,
                      operations: [ { name: internal/Payouts, httpVerb: [post], action: ALLOW } ] }
              nameResolution: { component: nameformat, version: v1, configuration: { format: "{appid}:50002", tags: [a, 1], nested: { on: true } } }
              api: { allowed: [ { name: state, version: v1, protocol: grpc } ], denied: [ { name: actors, version: v1.0, protocol: http } ] }
              components: { deny: [bindings.http] }
            """);

        Assert.Equal(new TracingSpec(0.1) { Otlp = new OtlpSpec(new Uri("http://otel:4317/v1/traces"), "http") }, configuration.Tracing);
        Assert.Equal(new MetricsSpec(true, true, true), configuration.Metrics);
        Assert.True(configuration.MtlsEnabled);
        Assert.Equal(["wallet", "db"], Assert.Single(configuration.SecretScopes).AllowedSecrets);
        Assert.Equal(("Deny", "lucid"), (configuration.AccessControl!.DefaultAction, configuration.AccessControl.TrustDomain));
        var operation = Assert.Single(Assert.Single(configuration.AccessControl.Policies).Operations);
        Assert.Equal(("internal/Payouts", "post", "ALLOW", 14), (operation.Name, Assert.Single(operation.HttpVerbs), operation.Action, operation.Location.Line));
        Assert.Equal("{appid}:50002", configuration.NameResolution!.Configuration["format"]);
        Assert.Equal("""["a",1]""", configuration.NameResolution.Configuration["tags"]);
        Assert.Equal("""{"on":true}""", configuration.NameResolution.Configuration["nested"]);
        Assert.Equal(new ApiRule("state", "v1", "grpc"), Assert.Single(configuration.ApiAllowed));
        Assert.Equal(new ApiRule("actors", "v1.0", "http"), Assert.Single(configuration.ApiDenied));
        Assert.Equal(["bindings.http"], configuration.DeniedComponents);
    }

    [Fact]
    public void An_access_control_without_a_default_action_keeps_that_fact()
    {
        var configuration = LoadConfiguration("apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: { name: a }\nspec: { accessControl: { trustDomain: t } }\n");

        Assert.Null(configuration.AccessControl!.DefaultAction);
        Assert.Empty(configuration.AccessControl.Policies);
    }

    [Fact]
    public void A_later_configuration_lies_over_an_earlier_one_field_by_field()
    {
        const string Head = "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: { name: c }\nspec:\n";
        var first = folder.Write("1.yaml", Head + "  tracing: { samplingRate: \"1\", otel: { endpointAddress: \"a:1\", isSecure: false, protocol: grpc } }\n  components: { deny: [x, y] }\n");
        var second = folder.Write("2.yaml", Head + "  tracing: { otel: { endpointAddress: \"b:2\" } }\n  components: { deny: [z] }\n  metrics:\n");

        var merged = ResourceLoader.Load([], [first, second], "default").Configuration;

        Assert.Equal(new TracingSpec(1) { Otlp = new OtlpSpec(new Uri("http://b:2"), "grpc") }, merged.Tracing);
        Assert.Equal(["z"], merged.DeniedComponents);
    }

    [Fact]
    public void Without_a_configuration_file_the_built_in_one_applies() =>
        Assert.Null(ResourceLoader.Load([], [], "default").Configuration.AccessControl);

    [Fact]
    public void A_resource_of_another_namespace_is_left_out()
    {
        folder.Write("r/c.yaml", Memory("a", "lucid") + "---\n" + Memory("b", "other") + "---\n" + Memory("c", null));

        Assert.Equal(["a", "c"], Load("lucid").Components.Select(component => component.Name));
    }

    [Fact]
    public void A_name_defined_twice_is_refused_with_both_places()
    {
        var first = folder.Write("r/1.yaml", Memory("a", null));
        var second = folder.Write("r/2.yaml", Memory("a", null));

        Assert.Equal($"{second}:1: Component 'a' is defined twice; the first stands at {first}:1", Assert.Throws<ResourceException>(() => Load("lucid")).Message);
    }

    [Fact]
    public void Only_yaml_files_of_the_folder_itself_are_read()
    {
        folder.Write("r/a.yaml", Memory("a", null));
        folder.Write("r/readme.md", "not: [yaml");
        folder.Write("r/below/b.yaml", "not: [yaml");

        Assert.Equal("a", Assert.Single(Load("lucid").Components).Name);
    }

    [Fact]
    public void Every_file_of_the_house_can_be_read()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Directory.Packages.props")))
        {
            root = Path.GetDirectoryName(root)!;
        }

        foreach (var components in (string[])["local", "redis", "production"])
        {
            var configurations = Directory.GetFiles(Path.Combine(root, "dapr", "config"), "*.yaml");
            Assert.NotEmpty(configurations);
            foreach (var configuration in configurations)
            {
                var set = ResourceLoader.Load([Path.Combine(root, "components", components), Path.Combine(root, "dapr", "resources")], [configuration], "lucid");
                Assert.NotEmpty(set.Components);
                Assert.NotNull(set.Configuration.AccessControl);
            }
        }
    }

    private static string Memory(string name, string? @namespace) =>
        $"apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name}{(@namespace is null ? "" : $", namespace: {@namespace}")} }}\nspec: {{ type: state.in-memory }}\n";

    private ResourceSet Load(string @namespace) => ResourceLoader.Load([Path.Combine(folder.Path, "r")], [], @namespace);

    private ConfigurationResource LoadConfiguration(string yaml) => ResourceLoader.Load([], [folder.Write("config.yaml", yaml)], "default").Configuration;
}
