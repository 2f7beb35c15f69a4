using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.PubSub;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class PublishTests
{
    private readonly CapturingBroker broker = new();

    [Fact]
    public async Task JSON_is_carried_as_JSON_and_keeps_every_digit()
    {
        await Publish("""{"n":9007199254740993,"f":1.10,"e":1e400}""", "application/json; charset=utf-8");
        Assert.Equal("""{"n":9007199254740993,"f":1.10,"e":1e400}""", broker.LastEvent.GetProperty("data").GetRawText());
        Assert.Equal("application/json; charset=utf-8", Text("datacontenttype"));
    }

    [Theory]
    [InlineData("{not json", "application/json", "{not json")]
    [InlineData("", "application/json", "")]
    [InlineData("hello", "text/plain", "hello")]
    [InlineData("<a/>", "application/xml", "<a/>")]
    public async Task Anything_that_is_not_JSON_is_a_string(string body, string contentType, string data)
    {
        await Publish(body, contentType);
        Assert.Equal(data, Text("data"));
    }

    [Fact]
    public async Task Bytes_are_carried_as_base64()
    {
        await Sidecar().Publisher.PublishAsync(new PublishRequest("pubsub", "t", new byte[] { 0, 255, 1 }, "application/octet-stream", new Dictionary<string, string>()), default);
        Assert.Equal("AP8B", Text("data_base64"));
        Assert.False(broker.LastEvent.TryGetProperty("data", out _));
    }

    [Fact]
    public async Task The_envelope_names_its_publisher_its_topic_and_an_empty_trace_while_tracing_is_off()
    {
        await Publish("x", null);
        Assert.Equal("text/plain", Text("datacontenttype"));
        Assert.Equal("orders-app", Text("source"));
        Assert.Equal("com.dapr.event.sent", Text("type"));
        Assert.Equal("1.0", Text("specversion"));
        Assert.Equal("orders", Text("topic"));
        Assert.Equal("pubsub", Text("pubsubname"));
        Assert.True(Guid.TryParse(Text("id"), out _));
        Assert.True(DateTimeOffset.TryParse(Text("time"), out _));
        Assert.All(["traceid", "traceparent", "tracestate"], name => Assert.Equal("", Text(name)));
        Assert.False(broker.LastEvent.TryGetProperty("subject", out _));
        Assert.False(broker.LastEvent.TryGetProperty("expiration", out _));
    }

    [Fact]
    public async Task Metadata_overrides_the_envelope_but_for_topic_and_component()
    {
        await Publish("x", null, new()
        {
            ["CloudEvent.Id"] = "7", ["cloudevent.type"] = "t", ["cloudevent.source"] = "s", ["cloudevent.subject"] = "u",
            ["cloudevent.topic"] = "no", ["cloudevent.pubsubname"] = "no", ["cloudevent.traceparent"] = "tp", ["cloudevent.tracestate"] = "ts",
        });
        Assert.Equal(["7", "t", "s", "u", "orders", "pubsub", "tp", "tp", "ts"],
            new[] { "id", "type", "source", "subject", "topic", "pubsubname", "traceparent", "traceid", "tracestate" }.Select(Text));
    }

    [Fact]
    public async Task A_CloudEvent_is_kept_and_completed()
    {
        await Publish("""{"id":"mine","type":"my.type","topic":"forged","pubsubname":"forged","data":{"n":9007199254740993},"x":1,"source":null}""", "application/cloudevents+json");
        Assert.Equal(["mine", "my.type", "orders", "pubsub", "Dapr", "1.0"], new[] { "id", "type", "topic", "pubsubname", "source", "specversion" }.Select(Text));
        Assert.Equal("9007199254740993", broker.LastEvent.GetProperty("data").GetProperty("n").GetRawText());
        Assert.Equal(1, broker.LastEvent.GetProperty("x").GetInt32());
        Assert.NotEqual("", Text("time"));
        Assert.All(broker.LastEvent.EnumerateObject().GroupBy(property => property.Name), group => Assert.Single(group));
    }

    [Fact]
    public async Task An_id_is_not_invented_and_a_trace_not_replaced_in_a_CloudEvent()
    {
        await Publish("""{"specversion":"1.0","traceparent":"given"}""", "application/cloudevents+json");
        Assert.False(broker.LastEvent.TryGetProperty("id", out _));
        Assert.Equal("given", Text("traceparent"));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("null")]
    [InlineData("{")]
    public async Task A_CloudEvent_that_is_no_object_is_refused(string body)
    {
        var refusal = await Assert.ThrowsAsync<DaprApiException>(() => Publish(body, "application/cloudevents+json"));
        Assert.Equal(("ERR_PUBSUB_CLOUD_EVENTS_SER", 500), (refusal.Error.Code, refusal.Error.HttpStatus));
    }

    [Fact]
    public async Task A_time_to_live_becomes_an_expiration()
    {
        await Publish("x", null, new() { ["ttlInSeconds"] = "60" });
        var left = DateTimeOffset.Parse(Text("expiration"), System.Globalization.CultureInfo.InvariantCulture) - TimeProvider.System.GetUtcNow();
        Assert.InRange(left.TotalSeconds, 50, 60);
    }

    [Fact]
    public async Task A_raw_payload_goes_out_as_it_is()
    {
        await Publish("raw!", "text/plain", new() { ["rawPayload"] = "true" });
        Assert.Equal("raw!", Encoding.UTF8.GetString(broker.Last.Data.Span));
        Assert.Equal("true", broker.Last.Metadata["rawPayload"]);
    }

    [Fact]
    public async Task While_tracing_is_on_every_event_has_a_trace()
    {
        var sidecar = new TestSidecar("a", broker, samplingRate: null);
        var trace = TraceContext.Current(sidecar.Context.Resources.Configuration.Tracing, null, null);
        await sidecar.Publisher.PublishAsync(new PublishRequest("pubsub", "t", default, null, new Dictionary<string, string>()) { Trace = trace }, default);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", Text("traceparent"));
        Assert.Equal(Text("traceparent"), Text("traceid"));
        Assert.Equal(
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            TraceContext.Current(sidecar.Context.Resources.Configuration.Tracing, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", null).Parent);
    }

    [Theory]
    [InlineData("nosuch", "t", "ERR_PUBSUB_NOT_FOUND", 404, "DAPR_PUBSUB_NOT_FOUND")]
    [InlineData("pubsub", "", "ERR_TOPIC_NAME_EMPTY", 404, "DAPR_PUBSUB_TOPIC_NAME_EMPTY")]
    [InlineData("pubsub", "guarded", "ERR_PUBSUB_FORBIDDEN", 403, "DAPR_PUBSUB_FORBIDDEN")]
    [InlineData("pubsub", "down", "ERR_PUBSUB_PUBLISH_MESSAGE", 500, "DAPR_PUBSUB_PUBLISH_MESSAGE")]
    public async Task Refusals_have_the_codes_of_daprd(string pubSub, string topic, string code, int status, string reason)
    {
        broker.Failure = asked => asked == "down" ? new IOException("the broker is down") : null;
        var sidecar = new TestSidecar("orders-app", broker, new() { ["protectedTopics"] = "guarded" });
        var refusal = await Assert.ThrowsAsync<DaprApiException>(() =>
            sidecar.Publisher.PublishAsync(new PublishRequest(pubSub, topic, default, null, new Dictionary<string, string>()), default));
        Assert.Equal((code, status, reason), (refusal.Error.Code, refusal.Error.HttpStatus, refusal.Error.Reason));
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task A_bulk_request_publishes_every_entry_under_its_own_metadata()
    {
        var failures = await Sidecar().Publisher.BulkPublishAsync(
            new BulkPublishRequest("pubsub", "orders", [Entry("1", "a", new() { ["cloudevent.type"] = "own" }), Entry("2", "b")], new Dictionary<string, string> { ["cloudevent.type"] = "common" }), default);
        Assert.Empty(failures);
        Assert.Equal(["common", "own"], broker.Published.Select(item => JsonDocument.Parse(item.Message.Data).RootElement.GetProperty("type").GetString()!).Order());
    }

    [Fact]
    public async Task Entries_the_broker_does_not_take_are_named()
    {
        var calls = 0;
        broker.Failure = _ => Interlocked.Increment(ref calls) == 1 ? new IOException("full") : null;
        var failures = await Sidecar().Publisher.BulkPublishAsync(new BulkPublishRequest("pubsub", "orders", [Entry("1", "a"), Entry("2", "b")], new Dictionary<string, string>()), default);
        Assert.Contains("full", Assert.Single(failures).Error, StringComparison.Ordinal);
        Assert.Single(broker.Published);
    }

    [Theory]
    [InlineData("1", "1")]
    [InlineData("1", "")]
    public async Task Entry_ids_must_be_there_and_differ(string first, string second)
    {
        var refusal = await Assert.ThrowsAsync<DaprApiException>(() => Sidecar().Publisher.BulkPublishAsync(
            new BulkPublishRequest("pubsub", "orders", [Entry(first, "a"), Entry(second, "b")], new Dictionary<string, string>()), default));
        Assert.Equal(("ERR_PUBSUB_EVENTS_SER", 400), (refusal.Error.Code, refusal.Error.HttpStatus));
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task Publishes_are_counted_by_outcome()
    {
        broker.Failure = topic => topic == "down" ? new IOException("x") : null;
        var sidecar = Sidecar();
        await sidecar.Publish("up", "x");
        await Assert.ThrowsAsync<DaprApiException>(() => sidecar.Publish("down", "x"));
        var text = await sidecar.MetricsText();
        Assert.Contains("""dapr_component_pubsub_egress_count{app_id="orders-app",component="pubsub",namespace="default",success="true",topic="up"} 1""", text, StringComparison.Ordinal);
        Assert.Contains("""dapr_component_pubsub_egress_count{app_id="orders-app",component="pubsub",namespace="default",success="false",topic="down"} 1""", text, StringComparison.Ordinal);
    }

    private static BulkPublishEntry Entry(string id, string data, Dictionary<string, string>? metadata = null) =>
        new(id, Encoding.UTF8.GetBytes(data), "text/plain", metadata ?? []);

    private TestSidecar Sidecar() => new("orders-app", broker);

    private Task Publish(string body, string? contentType, Dictionary<string, string>? metadata = null) => Sidecar().Publish("orders", body, contentType, metadata);

    private string Text(string name) => broker.LastEvent.GetProperty(name).GetString()!;
}
