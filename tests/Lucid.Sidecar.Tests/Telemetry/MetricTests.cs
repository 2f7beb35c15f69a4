using System.Reflection;
using System.Text.RegularExpressions;
using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Telemetry;
using Lucid.Sidecar.Tests.Hosting;
using Lucid.Sidecar.Tests.Invocation;
using Lucid.Sidecar.Tests.Resources;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Tests.Telemetry;

/// <summary>daprd's metrics by name and label.</summary>
public sealed partial class MetricTests
{
    [Fact]
    public async Task Bodies_of_the_HTTP_API_are_counted_whatever_their_framing()
    {
        await using var app = await TestApp.StartAsync(async context =>
        {
            // Without Content-Length: the answer is chunked.
            await context.Response.WriteAsync("12345");
            await context.Response.Body.FlushAsync();
            await context.Response.WriteAsync("67");
        });
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", app);

        using var chunked = await mesh.SendAsync(self, HttpMethod.Post, "/v1.0/invoke/self/method/x", Mesh.Text("abc"));
        Assert.Equal("1234567", await chunked.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        using var known = await mesh.GetAsync(self, "/v1.0/metadata");
        var length = (await known.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).Length;

        var metrics = await AfterAsync(mesh, self, "dapr_http_server_response_count{app_id=\"self\",method=\"GET\",status=\"200\"} 1");
        Assert.Contains($"dapr_http_server_response_bytes_sum{{app_id=\"self\"}} {7 + length}\n", metrics);
        Assert.Contains("dapr_http_server_response_bytes_count{app_id=\"self\"} 2\n", metrics);
        Assert.Contains("dapr_http_server_request_bytes_sum{app_id=\"self\"} 3\n", metrics);
    }

    [Fact]
    public async Task Requests_to_the_app_are_counted_by_status_and_size()
    {
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path == "/bad" ? 503 : 200;
            context.Response.ContentLength = 4;
            return context.Response.WriteAsync("four");
        });
        await using var mesh = new Mesh();
        var caller = await mesh.StartAsync("caller");
        var callee = await mesh.StartAsync(Mesh.Options("second", app.Port) with { DisabledInitEndpoints = new HashSet<string> { "config", "subscribe" } });

        using var good = await mesh.SendAsync(caller, HttpMethod.Post, "/v1.0/invoke/second/method/good", Mesh.Text("abc"));
        using var bad = await mesh.GetAsync(caller, "/v1.0/invoke/second/method/bad");

        var metrics = await mesh.MetricsAsync(callee);
        Assert.Contains("dapr_http_client_completed_count{app_id=\"second\",status=\"200\"} 1\n", metrics);
        Assert.Contains("dapr_http_client_completed_count{app_id=\"second\",status=\"503\"} 1\n", metrics);
        Assert.Contains("dapr_http_client_roundtrip_latency_count{app_id=\"second\",status=\"503\"} 1\n", metrics);
        Assert.Contains("dapr_http_client_sent_bytes_sum{app_id=\"second\"} 3\n", metrics);
        Assert.Contains("dapr_http_client_received_bytes_sum{app_id=\"second\"} 8\n", metrics);
        Assert.DoesNotContain("dapr_http_client_completed_count{app_id=\"caller\"", await mesh.MetricsAsync(caller));
    }

    [Fact]
    public async Task With_increased_cardinality_requests_to_the_app_have_path_and_method()
    {
        await using var app = await ActorApp.StartAsync("Counter");
        await using var mesh = new Mesh();
        var host = await mesh.StartAsync(Mesh.Options("host", app.Port), With(new MetricsSpec(true, HighCardinality: true)));

        using var called = await mesh.SendAsync(host, HttpMethod.Put, "/v1.0/actors/Counter/7/method/add", Mesh.Text("1"));

        Assert.Contains(
            "dapr_http_client_completed_count{app_id=\"host\",status=\"200\",method=\"PUT\",path=\"/actors/Counter/{id}/method/add\"} 1\n", await mesh.MetricsAsync(host));
    }

    [Fact]
    public async Task Messages_of_the_gRPC_API_are_counted_by_size()
    {
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", null, With(new MetricsSpec()) with
        {
            Components = [new ComponentResource("store", null, "state.in-memory", "v1", new SourceLocation("c.yaml", 1))],
        });
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{self.GrpcPort}");
        var request = new GetStateRequest { StoreName = "store", Key = "k" };

        var response = await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel).GetStateAsync(request);

        var metrics = await mesh.MetricsAsync(self);
        const string Labels = "{app_id=\"self\",grpc_server_method=\"/dapr.proto.runtime.v1.Dapr/GetState\"}";
        Assert.Contains($"dapr_grpc_io_server_received_bytes_per_rpc_sum{Labels} {request.CalculateSize()}\n", metrics);
        Assert.Contains($"dapr_grpc_io_server_sent_bytes_per_rpc_sum{Labels} {response.CalculateSize()}\n", metrics);
        Assert.Contains($"dapr_grpc_io_server_sent_bytes_per_rpc_count{Labels} 1\n", metrics);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Error_codes_are_counted_where_the_configuration_asks_for_it(bool record)
    {
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", null, With(new MetricsSpec(true, false, record)));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{self.GrpcPort}");

        using var state = await mesh.GetAsync(self, "/v1.0/state/nothing/k");
        using var invoked = await mesh.GetAsync(self, "/v1.0/invoke/nobody/method/x");
        await Assert.ThrowsAsync<RpcException>(async () => await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel).PublishEventAsync(new PublishEventRequest { PubsubName = "p", Topic = "t" }));

        var metrics = await mesh.MetricsAsync(self);
        string[] expected =
        [
            "dapr_error_code_total{app_id=\"self\",category=\"state\",error_code=\"ERR_STATE_STORE_NOT_CONFIGURED\"} 1\n",
            "dapr_error_code_total{app_id=\"self\",category=\"service-invocation\",error_code=\"ERR_DIRECT_INVOKE\"} 1\n",
            "dapr_error_code_total{app_id=\"self\",category=\"pubsub\",error_code=\"ERR_PUBSUB_NOT_FOUND\"} 1\n",
        ];
        Assert.All(expected, line => Assert.Equal(record, metrics.Contains(line, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_certificate_in_use_and_a_probe_of_health_are_counted()
    {
        using var authority = new TestAuthority();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh(authority.Options());
        var self = await mesh.StartAsync(Mesh.Options("self", app.Port) with { EnableAppHealthCheck = true });

        var metrics = await AfterAsync(mesh, self, "dapr_http_healthprobes_roundtrip_latency_count{app_id=\"self\",status=\"200\"} 1");
        Assert.Contains("dapr_runtime_mtls_init_total{app_id=\"self\"} 1\n", metrics);
    }

    [Fact]
    public void Every_metric_stands_in_the_table_once_and_with_the_app()
    {
        var definitions = Definitions();

        Assert.Equal(definitions.Count, definitions.Select(definition => definition.Name).Distinct().Count());
        Assert.All(definitions, definition => Assert.StartsWith("dapr_", definition.Name));
        Assert.All(definitions, definition => Assert.Equal("app_id", definition.Labels[0]));
    }

    /// <summary>The guide names each metric that there is, and as left out only what there is not.</summary>
    [Fact]
    public void The_guide_lists_the_metrics_of_the_table_and_those_left_out()
    {
        var page = File.ReadAllText(Path.Combine(RepositoryRoot(), "docs", "sidecar.md"));
        var section = page[page.IndexOf("## Metrics", StringComparison.Ordinal)..page.IndexOf("## Known differences", StringComparison.Ordinal)];
        var leftOut = section.IndexOf("Left out", StringComparison.Ordinal);
        var names = Definitions().Select(definition => definition.Name).ToHashSet();

        Assert.Equal(names.Order(), Names().Matches(section[..leftOut]).Select(match => match.Value).Distinct().Order());
        Assert.DoesNotContain(Names().Matches(section[leftOut..]).Select(match => match.Value), names.Contains);
    }

    [GeneratedRegex("dapr_[a-z_]*[a-z]")]
    private static partial Regex Names();

    private static List<MetricDefinition> Definitions() =>
        [.. typeof(DaprMetrics).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.GetValue(null)).OfType<MetricDefinition>()];

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Lucid.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    /// <summary>The counting of a request ends after its answer has left.</summary>
    private static async Task<string> AfterAsync(Mesh mesh, Sidecar.Hosting.RunningSidecar sidecar, string line)
    {
        var metrics = "";
        await Mesh.UntilAsync(async () => (metrics = await mesh.MetricsAsync(sidecar)).Contains(line, StringComparison.Ordinal));
        return metrics;
    }

    private static ResourceSet With(MetricsSpec metrics) => ResourceSet.Empty with { Configuration = ResourceSet.Empty.Configuration with { Metrics = metrics } };
}
