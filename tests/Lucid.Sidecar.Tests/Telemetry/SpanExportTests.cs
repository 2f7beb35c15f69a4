using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Tests.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using static Lucid.Sidecar.Tests.Telemetry.TracedResources;

namespace Lucid.Sidecar.Tests.Telemetry;

/// <summary>The other ways that spans leave, and what happens when they cannot.</summary>
public sealed class SpanExportTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = "b7ad6b7169203331";
    private const string Sampled = $"00-{Trace}-{Parent}-01";

    [Fact]
    public async Task Spans_go_by_gRPC_with_the_headers_that_are_asked_for()
    {
        await using var collector = await Collector.StartAsync(HttpProtocols.Http2);
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", null, With(new TracingSpec(1)
        {
            Otlp = new OtlpSpec(new Uri($"http://127.0.0.1:{collector.Port}"), "grpc") { Headers = "x-key=secret", Timeout = TimeSpan.FromSeconds(20) },
        }));

        using var response = await mesh.GetAsync(self, "/v1.0/metadata");
        await mesh.DisposeAsync();

        Assert.Equal("/v1.0/metadata", Assert.Single(collector.Spans).Name);
        Assert.Equal("secret", Assert.Single(collector.Requests).Header);
    }

    [Fact]
    public async Task Spans_go_to_Zipkin_and_to_the_log()
    {
        await using var collector = await Collector.StartAsync();
        using var log = new Lines();
        await using var mesh = new Mesh(new Sidecar.Hosting.SidecarHostOptions { Loggers = log });
        var self = await mesh.StartAsync("self", null, With(new TracingSpec(1) { Zipkin = new Uri($"http://127.0.0.1:{collector.Port}/api/v2/spans"), Stdout = true }));

        using var response = await mesh.GetAsync(self, "/v1.0/metadata", ("traceparent", Sampled));
        await mesh.DisposeAsync();

        var span = Assert.Single(collector.Spans);
        Assert.Equal(("self", "/v1.0/metadata", Trace, Parent), (span.Service, span.Name, span.Trace, span.Parent));
        Assert.Contains(log.Written, line => line.StartsWith($"span of self: /v1.0/metadata Client trace={Trace} span={span.Id} parent={Parent}", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_collector_that_is_not_there_is_named_once_and_costs_no_answer()
    {
        using var log = new Lines();
        await using var mesh = new Mesh(new Sidecar.Hosting.SidecarHostOptions { Loggers = log });
        var self = await mesh.StartAsync("self", null, With(new TracingSpec(1) { Otlp = new OtlpSpec(new Uri("http://127.0.0.1:1/v1/traces"), "http") }));

        using var response = await mesh.GetAsync(self, "/v1.0/metadata");
        await mesh.DisposeAsync();

        Assert.True(response.IsSuccessStatusCode);
        Assert.Single(log.Written, line => line.StartsWith("spans of self are lost: http://127.0.0.1:1/v1/traces does not take them", StringComparison.Ordinal));
    }
}
