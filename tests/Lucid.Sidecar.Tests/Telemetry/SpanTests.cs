using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Tests.Hosting;
using Lucid.Sidecar.Tests.Invocation;
using Lucid.Sidecar.Tests.Resources;
using Microsoft.AspNetCore.Http;
using static Lucid.Sidecar.Tests.Telemetry.TracedResources;

namespace Lucid.Sidecar.Tests.Telemetry;

/// <summary>Spans as a collector gets them. A sidecar that stops sends what it holds, so the tests stop the mesh and then look.</summary>
public sealed class SpanTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = "b7ad6b7169203331";
    private const string Sampled = $"00-{Trace}-{Parent}-01";
    private const string Unsampled = $"00-{Trace}-{Parent}-00";
    private const int Server = 2;
    private const int Client = 3;
    private const int Producer = 4;

    [Fact]
    public async Task A_call_from_app_to_app_is_one_trace_from_the_client_to_the_callee()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app, Traced(collector));
        var caller = await mesh.StartAsync("caller", null, Traced(collector));

        using var response = await mesh.SendAsync(
            caller, HttpMethod.Post, "/v1.0/invoke/callee/method/orders/1?q=2", Mesh.Text("x"), ("traceparent", Sampled), ("tracestate", "a=b"), ("dapr-note", "mine"));
        await mesh.DisposeAsync();

        var outer = Assert.Single(collector.Spans, span => span.Service == "caller");
        var inner = Assert.Single(collector.Spans, span => span.Service == "callee");
        Assert.Equal((Trace, Parent, "CallLocal/callee/orders/1", Client, "dapr-diagnostics"), (outer.Trace, outer.Parent, outer.Name, outer.Kind, outer.Scope));
        Assert.Equal((Trace, outer.Id, "CallLocal/callee/orders/1", Server), (inner.Trace, inner.Parent, inner.Name, inner.Kind));
        Assert.Equal($"00-{Trace}-{inner.Id}-01", Assert.Single(app.Requests).Header("traceparent"));
        Assert.Equal("a=b", Assert.Single(app.Requests).Header("tracestate"));
        Assert.Equal($"00-{Trace}-{outer.Id}-01", Assert.Single(response.Headers.GetValues("traceparent")));
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["rpc.service"] = "ServiceInvocation", ["net.peer.name"] = "callee", ["dapr.protocol"] = "http", ["dapr.status_code"] = "200",
                ["dapr.api"] = "POST /v1.0/invoke/callee/method/orders/1", ["dapr-note"] = "mine",
            },
            outer.Attributes);
        Assert.Equal(("ServiceInvocation", "orders/1"), (inner.Attributes["rpc.service"], inner.Attributes["dapr.invoke_method"]));
    }

    [Fact]
    public async Task A_sampling_rate_of_zero_exports_nothing_whatever_the_caller_says()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app, Traced(collector, rate: 0));
        var caller = await mesh.StartAsync("caller", null, Traced(collector, rate: 0));

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x", ("traceparent", Sampled));
        await mesh.DisposeAsync();

        Assert.Equal(Sampled, Assert.Single(app.Requests).Header("traceparent"));
        Assert.Empty(collector.Requests);
    }

    [Theory]
    [InlineData(Sampled, 2)]
    [InlineData(Unsampled, 0)]
    [InlineData(null, 0)]
    public async Task Only_what_the_caller_samples_is_exported_when_the_own_rate_is_next_to_nothing(string? traceparent, int spans)
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app, Traced(collector, rate: 1e-15));
        var caller = await mesh.StartAsync("caller", null, Traced(collector, rate: 1e-15));

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x", traceparent is null ? [] : [("traceparent", traceparent)]);
        await mesh.DisposeAsync();

        Assert.Equal(spans, collector.Spans.Count);
        Assert.EndsWith(spans > 0 ? "-01" : "-00", Assert.Single(app.Requests).Header("traceparent"));
    }

    [Fact]
    public async Task A_sidecar_samples_by_its_own_rate_what_its_caller_has_not()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", app, Traced(collector));

        using var response = await mesh.GetAsync(self, "/v1.0/invoke/self/method/x", ("traceparent", Unsampled));
        await mesh.DisposeAsync();

        var span = Assert.Single(collector.Spans);
        Assert.Equal((Trace, Parent), (span.Trace, span.Parent));
    }

    [Fact]
    public async Task A_request_without_context_begins_a_trace_and_probes_of_health_begin_none()
    {
        await using var collector = await Collector.StartAsync();
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", null, Traced(collector));

        using var health = await mesh.GetAsync(self, "/v1.0/healthz");
        using var metadata = await mesh.GetAsync(self, "/v1.0/metadata");
        await mesh.DisposeAsync();

        var span = Assert.Single(collector.Spans);
        Assert.Equal(("/v1.0/metadata", ""), (span.Name, span.Parent));
        Assert.False(health.Headers.Contains("traceparent"));
    }

    [Fact]
    public async Task A_denied_call_is_an_error_on_both_sides()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var denied = Traced(collector);
        denied = denied with { Configuration = denied.Configuration with { AccessControl = new AccessControlSpec("deny", null, [], new SourceLocation("c.yaml", 1)) } };
        await mesh.StartAsync("callee", app, denied);
        var caller = await mesh.StartAsync("caller", null, Traced(collector));

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");
        await mesh.DisposeAsync();

        Assert.Equal((2, "Code(403): Forbidden"), Assert.Single(collector.Spans, span => span.Service == "caller") is var outer ? (outer.Status, outer.Message) : default);
        Assert.Equal(2, Assert.Single(collector.Spans, span => span.Service == "callee").Status);
    }

    [Fact]
    public async Task Between_processes_the_callee_continues_the_trace()
    {
        using var authority = new TestAuthority();
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var there = new Mesh(authority.Options());
        var callee = await there.StartAsync(Mesh.Options("callee", app.Port) with { InternalGrpcPort = 0 }, Traced(collector));
        await using var here = new Mesh(authority.Options() with { Addresses = new Dictionary<string, string> { ["callee.lucid"] = $"127.0.0.1:{callee.InternalPort}" } });
        var caller = await here.StartAsync("caller", null, Traced(collector));

        using var response = await here.GetAsync(caller, "/v1.0/invoke/callee/method/x", ("traceparent", Sampled));
        await here.DisposeAsync();
        await there.DisposeAsync();

        var outer = Assert.Single(collector.Spans, span => span.Service == "caller");
        var inner = Assert.Single(collector.Spans, span => span.Service == "callee");
        Assert.Equal((Trace, outer.Id, Server), (inner.Trace, inner.Parent, inner.Kind));
        Assert.Equal($"00-{Trace}-{inner.Id}-01", Assert.Single(app.Requests).Header("traceparent"));
    }

    [Fact]
    public async Task State_is_named_as_a_database()
    {
        await using var collector = await Collector.StartAsync();
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", null, Traced(collector, Component("store", "state.in-memory")));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{self.GrpcPort}");

        using var saved = await mesh.SendAsync(self, HttpMethod.Post, "/v1.0/state/store", new StringContent("""[{"key":"k","value":1}]"""), ("traceparent", Sampled));
        await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel).GetStateAsync(new GetStateRequest { StoreName = "store", Key = "k" });
        using var unknown = await mesh.GetAsync(self, "/v1.0/state/nothing/k");
        await mesh.DisposeAsync();

        var save = Assert.Single(collector.Spans, span => span.Name == "/v1.0/state/store");
        Assert.Equal(
            ("state", "store", "POST /v1.0/state/store", "state", "204"),
            (save.Attributes["db.system"], save.Attributes["db.name"], save.Attributes["db.statement"], save.Attributes["db.connection_string"], save.Attributes["dapr.status_code"]));
        const string Get = "/dapr.proto.runtime.v1.Dapr/GetState";
        var get = Assert.Single(collector.Spans, span => span.Name == Get);
        Assert.Equal((Client, "store", Get, "grpc", "Dapr"), (get.Kind, get.Attributes["db.name"], get.Attributes["dapr.api"], get.Attributes["dapr.protocol"], get.Attributes["rpc.service"]));
        Assert.Equal("Code(400): Bad Request", Assert.Single(collector.Spans, span => span.Name == "/v1.0/state/nothing/k").Message);
    }

    [Fact]
    public async Task A_delivery_continues_the_trace_of_its_publishing()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", app, Traced(collector, Component("pubsub", "pubsub.in-memory")) with
        {
            Subscriptions = [new SubscriptionResource("pubsub", "orders") { DefaultRoute = "/orders", Location = new SourceLocation("s.yaml", 1) }],
        });

        using var published = await mesh.SendAsync(self, HttpMethod.Post, "/v1.0/publish/pubsub/orders", Mesh.Text("x"), ("traceparent", Sampled));
        await Mesh.UntilAsync(() => Task.FromResult(!app.Requests.IsEmpty));
        await mesh.DisposeAsync();

        var publish = Assert.Single(collector.Spans, span => span.Name == "/v1.0/publish/pubsub/orders");
        var delivery = Assert.Single(collector.Spans, span => span.Name == "pubsub/orders");
        Assert.Equal((Trace, Parent), (publish.Trace, publish.Parent));
        Assert.Equal((Trace, publish.Id, Client), (delivery.Trace, delivery.Parent, delivery.Kind));
        Assert.All([publish, delivery], span => Assert.Equal(("pubsub", "orders", "topic"), (
            span.Attributes["messaging.system"], span.Attributes["messaging.destination"], span.Attributes["messaging.destination_kind"])));
        Assert.Equal($"00-{Trace}-{delivery.Id}-01", Assert.Single(app.Requests).Header("traceparent"));
    }

    [Fact]
    public async Task Every_event_of_a_bulk_publish_has_a_span_of_its_own_that_its_delivery_continues()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", app, Traced(collector, Component("pubsub", "pubsub.in-memory")) with
        {
            Subscriptions =
            [
                new SubscriptionResource("pubsub", "orders")
                {
                    DefaultRoute = "/orders", Location = new SourceLocation("s.yaml", 1), BulkSubscribe = new BulkSubscribeSpec(true, 2, 60_000),
                },
            ],
        });

        using var published = await mesh.SendAsync(
            self, HttpMethod.Post, "/v1.0/publish/bulk/pubsub/orders",
            new StringContent("""[{"entryId":"1","event":"a","contentType":"text/plain"},{"entryId":"2","event":"b","contentType":"text/plain"}]"""), ("traceparent", Sampled));
        await Mesh.UntilAsync(() => Task.FromResult(!app.Requests.IsEmpty));
        await mesh.DisposeAsync();

        var request = Assert.Single(collector.Spans, span => span.Parent == Parent);
        var events = collector.Spans.Where(span => span.Kind == Producer).ToList();
        Assert.Equal([request.Id, request.Id], events.Select(span => span.Parent));
        var deliveries = collector.Spans.Where(span => span.Name == "pubsub/orders").ToList();
        Assert.Equal(events.Select(span => span.Id).Order(), deliveries.Select(span => span.Parent).Distinct().Order());
        Assert.All(collector.Spans, span => Assert.Equal(Trace, span.Trace));
    }

    [Fact]
    public async Task A_call_of_an_actor_shows_its_host()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await ActorApp.StartAsync("Counter");
        await using var mesh = new Mesh();
        await mesh.StartAsync(Mesh.Options("host", app.Port), Traced(collector));
        var caller = await mesh.StartAsync("caller", null, Traced(collector));

        using var response = await mesh.SendAsync(caller, HttpMethod.Put, "/v1.0/actors/Counter/7/method/add", Mesh.Text("1"), ("traceparent", Sampled));
        await mesh.DisposeAsync();

        Assert.True(response.IsSuccessStatusCode);
        var outer = Assert.Single(collector.Spans, span => span.Service == "caller");
        var inner = Assert.Single(collector.Spans, span => span.Service == "host");
        Assert.Equal(("CallActor/Counter/add", Client, Parent), (outer.Name, outer.Kind, outer.Parent));
        Assert.Equal(("CallActor/Counter/add", Server, outer.Id), (inner.Name, inner.Kind, inner.Parent));
        Assert.All([outer, inner], span => Assert.Equal("Counter.7", span.Attributes["dapr.actor"]));
        Assert.Equal($"00-{Trace}-{inner.Id}-01", Assert.Single(app.Calls).TraceParent);
    }

    [Fact]
    public async Task A_proxied_call_is_named_for_its_method_and_continues_the_binary_context()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await GrpcEcho.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync(Mesh.Options("callee", app.Port) with { AppProtocol = "grpc" }, Traced(collector));
        var caller = await mesh.StartAsync("caller", null, Traced(collector));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");
        byte[] binary = [0, 0, .. Convert.FromHexString(Trace), 1, .. Convert.FromHexString(Parent), 2, 1];

        await GrpcEcho.SayAsync(channel, "x", new global::Grpc.Core.Metadata { { "dapr-app-id", "callee" }, { "grpc-trace-bin", binary } });
        await mesh.DisposeAsync();

        var outer = Assert.Single(collector.Spans, span => span.Service == "caller");
        var inner = Assert.Single(collector.Spans, span => span.Service == "callee");
        Assert.Equal(("/test.Echo/Say", Client, Trace, Parent), (outer.Name, outer.Kind, outer.Trace, outer.Parent));
        Assert.Equal(("/test.Echo/Say", Server, outer.Id), (inner.Name, inner.Kind, inner.Parent));
        Assert.Equal($"00-{Trace}-{inner.Id}-01", Assert.Single(app.Calls)["traceparent"]);
    }

    [Fact]
    public async Task InvokeService_is_named_like_any_call()
    {
        await using var collector = await Collector.StartAsync();
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app, Traced(collector));
        var caller = await mesh.StartAsync("caller", null, Traced(collector));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");

        await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel).InvokeServiceAsync(new InvokeServiceRequest
        {
            Id = "callee",
            Message = new InvokeRequest { Method = "orders", Data = new Any { Value = ByteString.CopyFromUtf8("x") }, HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Post } },
        });
        await mesh.DisposeAsync();

        var outer = Assert.Single(collector.Spans, span => span.Service == "caller");
        Assert.Equal(("CallLocal/callee/orders", "callee"), (outer.Name, outer.Attributes["net.peer.name"]));
        Assert.Equal(outer.Id, Assert.Single(collector.Spans, span => span.Service == "callee").Parent);
    }
}
