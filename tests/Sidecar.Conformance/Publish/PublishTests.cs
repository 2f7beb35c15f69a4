using System.Text.Json;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.Publish;

/// <summary>Statements 50 to 70, 92, 93 and 96 to 99: publishing and the envelope.</summary>
public sealed class PublishTests(PublishWorld world) : IClassFixture<PublishWorld>
{
    private const string CloudEvents = "application/cloudevents+json";

    [Fact]
    public async Task S050_a_publish_is_204_and_empty() => await (await world.PublishAsync("t50", "1")).IsDoneAsync();

    [Fact]
    public async Task S051_an_unknown_broker_is_not_found() =>
        await (await world.PublishAsync("t51", "1", broker: "nowhere")).IsRefusedAsync(404, "ERR_PUBSUB_NOT_FOUND");

    [Fact]
    public async Task S052_an_empty_topic_is_refused() => await (await world.PublishAsync("", "1")).IsRefusedAsync(404, "ERR_TOPIC_NAME_EMPTY");

    [Fact]
    public async Task S053_a_forbidden_topic_is_refused() =>
        await (await world.PublishAsync("t53", "1", broker: "scoped")).IsRefusedAsync(403, "ERR_PUBSUB_FORBIDDEN");

    [Fact]
    public async Task S054_a_topic_may_have_slashes()
    {
        await (await world.PublishAsync("t54/with/slashes", "1")).IsDoneAsync();
        Assert.Equal("t54/with/slashes", (await world.App.UntilAsync("/t54-slashes"))[0].Json().Text("topic"));
    }

    [Fact]
    public async Task S055_a_JSON_body_is_data_as_an_object()
    {
        await world.Sdk(world.One).PublishEventAsync("broker", "t55", new { Order = 7 });
        var data = (await world.App.UntilAsync("/t55"))[0].Json().GetProperty("data");
        Assert.Equal((JsonValueKind.Object, 7), (data.ValueKind, data.GetProperty("order").GetInt32()));
    }

    [Fact]
    public async Task S056_a_text_body_is_data_as_a_string()
    {
        var received = await world.EventAsync("t56", "{\"a\":1}", "text/plain");
        Assert.Equal(("text/plain", "{\"a\":1}"), (received.Text("datacontenttype"), received.GetProperty("data").GetString()));
    }

    [Fact]
    public async Task S057_bytes_are_data_base64()
    {
        var received = await world.EventAsync("t57", "\u0001bytes", "application/octet-stream");
        Assert.Equal("\u0001bytes"u8.ToArray(), received.GetProperty("data_base64").GetBytesFromBase64());
        Assert.False(received.TryGetProperty("data", out _));
    }

    [Fact]
    public async Task S058_without_content_type_the_data_are_text()
    {
        var received = await world.EventAsync("t58", "hello", contentType: null);
        Assert.Equal(("text/plain", "hello"), (received.Text("datacontenttype"), received.GetProperty("data").GetString()));
    }

    [Fact]
    public async Task S059_JSON_that_is_none_travels_as_a_string() =>
        Assert.Equal("{broken", (await world.EventAsync("t59", "{broken")).GetProperty("data").GetString());

    [Fact]
    public async Task S060_a_large_number_keeps_its_digits() =>
        Assert.Equal("9007199254740993", (await world.EventAsync("t60", """{"n":9007199254740993}""")).GetProperty("data").GetProperty("n").GetRawText());

    [Fact]
    public async Task S061_the_source_is_the_publishers_app_id() => Assert.Equal("publish-one", (await world.EventAsync("t61", "1")).Text("source"));

    [Fact]
    public async Task S062_type_and_version_are_the_runtimes()
    {
        var received = await world.EventAsync("t62", "1");
        Assert.Equal(("com.dapr.event.sent", "1.0"), (received.Text("type"), received.Text("specversion")));
    }

    [Fact]
    public async Task S063_metadata_override_what_identifies_an_event()
    {
        var metadata = new Dictionary<string, string>
        {
            ["cloudevent.id"] = "i", ["cloudevent.type"] = "t", ["cloudevent.source"] = "s", ["cloudevent.subject"] = "u",
        };
        await world.Sdk(world.One).PublishEventAsync("broker", "t63", 1, metadata);
        var received = (await world.App.UntilAsync("/t63"))[0].Json();
        Assert.Equal(("i", "t", "s", "u"), (received.Text("id"), received.Text("type"), received.Text("source"), received.Text("subject")));
    }

    [Fact]
    public async Task S064_topic_and_broker_cannot_be_overridden()
    {
        var wrapped = await world.EventAsync("t64", "1", query: "?metadata.cloudevent.topic=x&metadata.cloudevent.pubsubname=y");
        Assert.Equal(("t64", "broker"), (wrapped.Text("topic"), wrapped.Text("pubsubname")));
        var given = await world.EventAsync("t64", """{"specversion":"1.0","id":"1","source":"s","type":"t","topic":"x","pubsubname":"y","data":1}""", CloudEvents);
        Assert.Equal(("t64", "broker"), (given.Text("topic"), given.Text("pubsubname")));
        Assert.Single(given.EnumerateObject(), member => member.Name == "topic");
    }

    [Fact]
    public async Task S065_a_cloud_event_keeps_its_id_and_type()
    {
        var received = await world.EventAsync("t65", """{"specversion":"1.0","id":"mine","source":"s","type":"own.type","data":{"a":1}}""", CloudEvents);
        Assert.Equal(("mine", "own.type", "s"), (received.Text("id"), received.Text("type"), received.Text("source")));
    }

    [Fact]
    public async Task S066_what_a_cloud_event_lacks_is_filled_in()
    {
        var received = await world.EventAsync("t66", """{"id":"mine","data":1}""", CloudEvents);
        Assert.Equal(("com.dapr.event.sent", "1.0"), (received.Text("type"), received.Text("specversion")));
        Assert.NotEmpty(received.Text("source")!);
    }

    [Fact]
    public async Task S067_every_event_is_delivered_as_a_cloud_event()
    {
        await world.EventAsync("t67", "1");
        await world.EventAsync("t67", """{"specversion":"1.0","id":"1","source":"s","type":"t","data":1}""", CloudEvents + "; charset=utf-8");
        Assert.All(world.App.Exactly("/t67"), request => Assert.Equal(("POST", CloudEvents), (request.Method, request.Header("Content-Type"))));
    }

    [Fact]
    public async Task S068_a_raw_payload_is_sent_as_its_bytes()
    {
        await (await world.PublishAsync("t69-raw", "just bytes", "text/plain", "?metadata.rawPayload=true")).IsDoneAsync();
        await Probe.UntilAsync(
            () => Task.FromResult(Raw().Any(data => data.SequenceEqual("just bytes"u8.ToArray()))), "the bytes arrive without an envelope");
    }

    [Fact]
    public async Task S069_a_raw_subscription_wraps_the_bytes()
    {
        await (await world.PublishAsync("t69-raw", "{\"wrapped\":1}", "application/json", "?metadata.rawPayload=true")).IsDoneAsync();
        await Probe.UntilAsync(
            () => Task.FromResult(Raw().Any(data => data.SequenceEqual("{\"wrapped\":1}"u8.ToArray()))), "the bytes arrive wrapped");
        var received = world.App.Exactly("/t69-raw")[0].Json();
        Assert.Equal(("application/octet-stream", "com.dapr.event.sent"), (received.Text("datacontenttype"), received.Text("type")));
        Assert.NotEmpty(received.Text("id")!);
    }

    [Fact]
    public async Task S070_raw_payload_must_be_a_truth_value() =>
        await (await world.PublishAsync("t70", "1", query: "?metadata.rawPayload=perhaps")).IsRefusedAsync(400, "ERR_PUBSUB_REQUEST_METADATA");

    [Theory]
    [InlineData("""[{"entryId":"1","event":"a","contentType":"text/plain"},{"entryId":"1","event":"b","contentType":"text/plain"}]""")]
    [InlineData("""[{"event":"a","contentType":"text/plain"}]""")]
    public async Task S092_entries_of_a_bulk_publish_have_ids_of_their_own(string entries) =>
        await (await world.PostAsync(world.One, "/v1.0/publish/bulk/broker/t50", entries)).IsRefusedAsync(400, "ERR_PUBSUB_EVENTS_SER");

    [Fact]
    public async Task S093_a_bulk_publish_that_goes_well_is_204()
    {
        await (await world.PostAsync(world.One, "/v1.0/publish/bulk/broker/t51", """[{"entryId":"1","event":{"n":1},"contentType":"application/json"},{"entryId":"2","event":"b","contentType":"text/plain"}]""")).IsDoneAsync();
        Assert.Empty((await world.Sdk(world.One).BulkPublishEventAsync("broker", "t51", [1, 2])).FailedEntries);
        await world.App.UntilAsync("/t51", 4);
    }

    [Fact]
    public async Task S096_an_app_without_scope_may_publish_what_is_not_protected() =>
        await (await world.PublishAsync("anything", "1", broker: "scoped", at: world.Two)).IsDoneAsync();

    [Fact]
    public async Task S097_an_app_without_scope_may_not_publish_what_is_protected() =>
        await (await world.PublishAsync("guarded", "1", broker: "scoped", at: world.Two)).IsRefusedAsync(403, "ERR_PUBSUB_FORBIDDEN");

    [Fact]
    public async Task S098_an_app_with_a_scope_publishes_within_it()
    {
        await (await world.PublishAsync("open", "1", broker: "scoped")).IsDoneAsync();
        await (await world.PublishAsync("other", "1", broker: "scoped")).IsRefusedAsync(403, "ERR_PUBSUB_FORBIDDEN");
    }

    [Fact]
    public async Task S099_a_topic_outside_the_allowed_ones_is_for_nobody()
    {
        foreach (var app in new[] { world.One, world.Two })
        {
            await (await world.PublishAsync("inside", "1", broker: "fenced", at: app)).IsDoneAsync();
            await (await world.PublishAsync("outside", "1", broker: "fenced", at: app)).IsRefusedAsync(403, "ERR_PUBSUB_FORBIDDEN");
        }
    }

    private IEnumerable<byte[]> Raw() => world.App.Exactly("/t69-raw").Select(request => request.Json().GetProperty("data_base64").GetBytesFromBase64());
}
