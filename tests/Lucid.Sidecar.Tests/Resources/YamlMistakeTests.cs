using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Tests.Resources;

public sealed class YamlMistakeTests : IDisposable
{
    private const string Component = "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: s }\n";
    private const string Resiliency = "apiVersion: dapr.io/v1alpha1\nkind: Resiliency\nmetadata: { name: r }\n";
    private const string Subscription = "apiVersion: dapr.io/v2alpha1\nkind: Subscription\nmetadata: { name: s }\n";
    private const string Configuration = "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: { name: c }\n";

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    public static TheoryData<string, int, string> ResourceMistakes => new()
    {
        { "kind: Component\n", 1, "needs the field 'apiVersion'" },
        { "- a\n- b\n", 1, "a resource must be a mapping, not a list" },
        { "apiVersion: dapr.io/v1alpha1\nkind: HTTPEndpoint\nmetadata: { name: e }\n", 1, "kind HTTPEndpoint is not supported" },
        { "apiVersion: dapr.io/v1alpha1\nkind: Componet\n", 1, "kind 'Componet' is unknown; known: Component, Subscription, Resiliency" },
        { "apiVersion: dapr.io/v2alpha1\nkind: Component\n", 1, "apiVersion 'dapr.io/v2alpha1' of kind Component is not supported; known: dapr.io/v1alpha1" },
        { Configuration, 1, "kind Configuration is not read from resource folders" },
        { Component + "spec: { type: state.in-memory }\nscopess: [a]\n", 5, "field 'scopess' of kind Component is not supported" },
        { Component + "spec:\n  type: state.in-memory\n  typ: x\n", 6, "field 'spec.typ' of kind Component is not supported" },
        { Component + "spec: { version: v1 }\n", 4, "field 'spec.type' of kind Component is required" },
        { Component, 1, "field 'spec' of kind Component is required" },
        { "apiVersion: dapr.io/v1alpha1\nkind: Component\nspec: { type: a }\n", 1, "field 'metadata' of kind Component is required" },
        { Component + "spec: [a]\n", 4, "field 'spec' of kind Component must be a mapping, not a list" },
        { Component + "spec:\n  type: a\n  metadata:\n    - name: x\n", 7, "needs exactly one of value, secretKeyRef and envRef" },
        { Component + "spec:\n  type: a\n  metadata:\n    - { name: x, value: y, envRef: Z }\n", 7, "needs exactly one of value, secretKeyRef and envRef" },
        { Component + "spec:\n  type: a\n  metadata:\n    - { name: x, value: y }\n    - { name: X, value: z }\n", 8, "metadata 'X' of component s is given twice" },
        { Component + "spec:\n  type: a\n  initTimeout: soon\n", 6, "must be a duration such as 500ms, 5s or 1h30m, not 'soon'" },
        { Component + "spec:\n  type: a\n  ignoreErrors: \"true\"\n", 6, "must be true or false without quotes" },
        { Component + "spec:\n  type: 12\n", 5, "must be text; put 12 in quotes" },
        { Component + "spec:\n  type: on\n", 5, "must be text; put on in quotes" },
        { Component + "spec: { type: a }\nscopes: one\n", 5, "field 'scopes' of kind Component must be a list, not 'one'" },
        { Component + "spec: { type: a }\nspec: { type: b }\n", 5, "duplicate field 'spec'; the first stands on line 4" },
        { Component + "spec: { type: a }\nauth: {}\n", 5, "field 'auth.secretStore' of kind Component is required" },
        { Component + "spec:\n  type: [unclosed\n", 6, "not valid YAML" },
        { Subscription + "spec: { pubsubname: p, topic: t, route: /a }\n", 4, "field 'spec.routes' of kind Subscription is required" },
        { Subscription + "spec: { pubsubname: p, topic: t, routes: {} }\n", 4, "field 'spec.routes.default' of kind Subscription is required" },
        { Subscription + "spec:\n  pubsubname: p\n  topic: t\n  routes: { default: /a }\n  bulkSubscribe: { maxMessagesCount: 0 }\n", 8, "must be a whole number from 1 to 100000" },
        { "apiVersion: dapr.io/v1alpha1\nkind: Subscription\nspec: { pubsubname: p, topic: t, routes: { default: /a } }\n", 3, "field 'spec.route' of kind Subscription is required" },
        { Resiliency + "spec:\n  policies:\n    timeouts: { t: 5 }\n", 6, "must be text; put 5 in quotes" },
        { Resiliency + "spec:\n  policies:\n    timeouts:\n      t: 5sec\n", 7, "field 'spec.policies.timeouts.t' of kind Resiliency must be a duration" },
        { Resiliency + "spec:\n  policies:\n    retries:\n      r: { policy: linear }\n", 7, "must be one of constant, exponential, not 'linear'" },
        { Resiliency + "spec:\n  targets:\n    apps:\n      a: { retry: none }\n", 7, "names the policy 'none', which no Resiliency file defines" },
        { Resiliency + "spec:\n  targets:\n    actors:\n      a: { circuitBreakerScope: all }\n", 7, "must be one of type, id, both, not 'all'" },
        { Resiliency + "spec:\n  targets:\n    routes: {}\n", 6, "field 'spec.targets.routes' of kind Resiliency is not supported" },
    };

    [Theory]
    [MemberData(nameof(ResourceMistakes))]
    public void A_mistake_in_a_resource_is_named_with_file_line_and_field(string yaml, int line, string message)
    {
        var file = folder.Write("r.yaml", yaml);

        var error = Assert.Throws<ResourceException>(() => ResourceLoader.Load([folder.Path], [], "default"));

        Assert.StartsWith($"{file}:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, int, string> ConfigurationMistakes => new()
    {
        { Configuration + "spec:\n  tracing: { samplingRate: 0.1 }\n", 5, "field 'spec.tracing.samplingRate' of kind Configuration must be text; put 0.1 in quotes" },
        { Configuration + "spec:\n  tracing: { samplingRate: \"2\" }\n", 5, "must be a number from \"0\" to \"1\"" },
        { Configuration + "spec:\n  tracing:\n    zipkin: { endpointAddress: a }\n", 6, "field 'spec.tracing.zipkin.endpointAddress' of kind Configuration must be a URL such as http://localhost:9411/api/v2/spans, not 'a'" },
        { Configuration + "spec:\n  tracing:\n    jaeger: { endpointAddress: a }\n", 6, "field 'spec.tracing.jaeger' of kind Configuration is not supported" },
        { Configuration + "spec:\n  tracing:\n    otel: { endpointAddress: \"c:4317\" }\n", 6, "field 'spec.tracing.otel.protocol' of kind Configuration is required beside endpointAddress" },
        { Configuration + "spec:\n  tracing:\n    otel: { protocol: grpc, endpointAddress: \"http://c:4317\" }\n", 6, "contradicts isSecure, which is true here" },
        { Configuration + "spec:\n  tracing:\n    otel: { protocol: http, endpointAddress: \"c d\" }\n", 6, "must be host:port of the collector, for example localhost:4318" },
        { Configuration + "spec:\n  httpPipeline: { handlers: [] }\n", 5, "field 'spec.httpPipeline' of kind Configuration is not supported" },
        { Configuration + "spec:\n  accessControl:\n    policies:\n      - { trustDomain: t, namespace: ns }\n", 7, "field 'spec.accessControl.policies[0].appId' of kind Configuration is required" },
        { Configuration + "spec:\n  accessControl:\n    policies:\n      - { appId: a, namespace: ns }\n", 7, "field 'spec.accessControl.policies[0].trustDomain' of kind Configuration is required" },
        { Configuration + "spec:\n  accessControl:\n    policies:\n      - { appId: a, trustDomain: t }\n", 7, "field 'spec.accessControl.policies[0].namespace' of kind Configuration is required" },
        { Configuration + "spec:\n  accessControl:\n    policies:\n      - appId: a\n        trustDomain: t\n        namespace: \"\"\n", 9, "field 'spec.accessControl.policies[0].namespace' of kind Configuration is required" },
        { Configuration + "spec:\n  accessControl:\n    policies:\n      - { appId: a, trustDomain: t, namespace: ns, operations: [ { httpVerb: [GET] } ] }\n", 7, "field 'spec.accessControl.policies[0].operations[0].name' of kind Configuration is required" },
        { Configuration + "spec:\n  api: { allowed: [ { name: state, version: v1 } ] }\n", 5, "field 'spec.api.allowed[0].protocol' of kind Configuration is required" },
        { Configuration + "spec:\n  secrets: { scopes: [ { storeName: s, defaultAccess: no } ] }\n", 5, "must be text; put no in quotes" },
        { Configuration + "spec:\n  metrics: { http: { pathMatching: [/a] } }\n", 5, "is not supported by the embedded runtime unless it is empty" },
        { Configuration + "spec:\n  mtls: { workloadCertTTL: tomorrow }\n", 5, "must be a duration" },
        { Component + "spec: { type: a }\n", 1, "a configuration file holds kind Configuration of dapr.io/v1alpha1, not Component" },
    };

    [Theory]
    [MemberData(nameof(ConfigurationMistakes))]
    public void A_mistake_in_a_configuration_is_named_with_file_line_and_field(string yaml, int line, string message)
    {
        var file = folder.Write("config.yaml", yaml);

        var error = Assert.Throws<ResourceException>(() => ResourceLoader.Load([], [file], "default"));

        Assert.StartsWith($"{file}:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Absent_files_and_folders_are_named()
    {
        Assert.StartsWith("/no/such/folder: ", Assert.Throws<ResourceException>(() => ResourceLoader.Load(["/no/such/folder"], [], "default")).Message, StringComparison.Ordinal);
        Assert.StartsWith("/no/such.yaml: ", Assert.Throws<ResourceException>(() => ResourceLoader.Load([], ["/no/such.yaml"], "default")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Two_documents_in_a_configuration_file_are_refused()
    {
        var file = folder.Write("config.yaml", Configuration + "---\n" + Configuration);

        Assert.Contains("holds one document", Assert.Throws<ResourceException>(() => ResourceLoader.Load([], [file], "default")).Message, StringComparison.Ordinal);
    }
}
