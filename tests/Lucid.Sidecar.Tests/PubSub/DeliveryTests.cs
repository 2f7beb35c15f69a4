using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class DeliveryTests : IAsyncDisposable
{
    private const string Event = """{"id":"1","type":"t","data":"x"}""";

    private readonly CapturingBroker broker = new();
    private TestSidecar sidecar;

    public DeliveryTests() => sidecar = new TestSidecar("app", broker);

    public ValueTask DisposeAsync() => sidecar.DisposeAsync();

    [Fact]
    public async Task An_event_arrives_byte_for_byte_as_a_CloudEvent_with_its_metadata_as_headers()
    {
        await sidecar.Subscribe("orders");
        var json = """{"id":"1", "data":{"n":9007199254740993},"traceparent":"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}""";
        Assert.True(await broker.DeliverEvent("orders", json, new() { ["shard"] = "7" }));
        var request = Assert.Single(sidecar.App.Received);
        Assert.Equal(("/on/orders", "application/cloudevents+json"), (request.Path, request.ContentType));
        Assert.Equal(json, Encoding.UTF8.GetString(request.Body));
        Assert.Equal(("pubsub", "7"), (request.Headers["pubsubname"], request.Headers["shard"]));
        Assert.Equal("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", request.Headers["traceparent"]);
    }

    [Fact]
    public async Task Metadata_a_publisher_chose_cannot_pose_as_headers_of_the_runtime()
    {
        await sidecar.Subscribe("orders");
        Dictionary<string, string> metadata = new()
        {
            ["dapr-api-token"] = "forged", ["Dapr-Caller-App-Id"] = "forged", ["Content-Length"] = "1", ["Host"] = "forged", ["x-lucid-user"] = "forged",
            ["pubsubname"] = "forged", ["split"] = "a\r\ndapr-api-token: forged",
        };
        Assert.True(await broker.DeliverEvent("orders", Event, metadata));
        Assert.Equal(["pubsubname"], Assert.Single(sidecar.App.Received).Headers.Keys);
        Assert.Equal("pubsub", sidecar.App.Received[0].Headers["pubsubname"]);
    }

    [Theory]
    [InlineData(200, "")]
    [InlineData(204, "")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"status":"SUCCESS"}""")]
    [InlineData(200, """{"Status":""}""")]
    [InlineData(200, "thanks")]
    [InlineData(200, "[1]")]
    [InlineData(202, """{"status":7}""")]
    public async Task Success_acknowledges(int status, string body)
    {
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(status, body));
        Assert.True(await broker.DeliverEvent("orders", Event));
        Assert.Empty(broker.Published);
    }

    [Theory]
    [InlineData(200, """{"status":"RETRY"}""")]
    [InlineData(200, """{"status":"success"}""")]
    [InlineData(200, """{"status":"LATER"}""")]
    [InlineData(500, "")]
    [InlineData(403, "")]
    [InlineData(302, "")]
    public async Task Anything_else_is_tried_as_often_as_the_inbound_policy_says(int status, string body)
    {
        await With(retries: 2);
        await sidecar.Subscribe("orders");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(status, body));
        Assert.False(await broker.DeliverEvent("orders", Event));
        Assert.Equal(3, sidecar.App.Received.Count);
    }

    [Theory]
    [InlineData(200, """{"status":"DROP"}""")]
    [InlineData(404, "")]
    public async Task A_drop_is_not_repeated_and_goes_to_the_dead_letter_topic_once(int status, string body)
    {
        await With(retries: 2);
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(status, body));
        Assert.True(await broker.DeliverEvent("orders", Event));
        Assert.Single(sidecar.App.Received);
        Assert.Equal(("dead", Event), (Assert.Single(broker.Published).Topic, Encoding.UTF8.GetString(broker.Last.Data.Span)));
    }

    [Fact]
    public async Task A_drop_without_a_dead_letter_topic_is_done()
    {
        await sidecar.Subscribe("orders");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(404));
        Assert.True(await broker.DeliverEvent("orders", Event));
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task Used_up_retries_leave_one_copy_with_the_original_payload_on_the_dead_letter_topic()
    {
        await With(retries: 3);
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(500));
        Assert.True(await broker.DeliverEvent("orders", Event));
        Assert.Equal(4, sidecar.App.Received.Count);
        Assert.Equal(Event, Encoding.UTF8.GetString(Assert.Single(broker.Published).Message.Data.Span));
        Assert.Contains("""process_status="drop",status="",topic="orders"} 1""", await sidecar.MetricsText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_whose_dead_letter_cannot_be_published_stays_with_the_broker()
    {
        broker.Failure = _ => new IOException("down");
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(500));
        Assert.False(await broker.DeliverEvent("orders", Event));
    }

    [Fact]
    public async Task A_dead_letter_topic_needs_the_right_to_publish()
    {
        await With(metadata: new() { ["protectedTopics"] = "dead" });
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(500));
        Assert.False(await broker.DeliverEvent("orders", Event));
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task An_expired_event_never_reaches_the_app()
    {
        await sidecar.Subscribe("orders", "dead");
        Assert.True(await broker.DeliverEvent("orders", """{"id":"1","expiration":"2020-01-01T00:00:00Z"}"""));
        Assert.True(await broker.DeliverEvent("orders", """{"id":"2","expiration":"2999-01-01T00:00:00Z"}"""));
        Assert.Equal("2", Assert.Single(sidecar.App.Received).Json.GetProperty("id").GetString());
        Assert.Equal("dead", Assert.Single(broker.Published).Topic);
    }

    [Fact]
    public async Task A_raw_subscription_wraps_the_bytes_under_a_new_id_each_time()
    {
        await sidecar.Subscribe("orders", more: ""","metadata":{"rawPayload":"true"}""");
        await broker.Deliver("orders", new PubSubMessage(new byte[] { 0, 255 }, null, new Dictionary<string, string>()));
        await broker.Deliver("orders", new PubSubMessage(new byte[] { 0, 255 }, null, new Dictionary<string, string>()));
        var seen = sidecar.App.Received.Select(request => request.Json).ToList();
        Assert.All(seen, cloudEvent =>
        {
            Assert.Equal("AP8=", cloudEvent.GetProperty("data_base64").GetString());
            Assert.Equal("application/octet-stream", cloudEvent.GetProperty("datacontenttype").GetString());
            Assert.Equal("com.dapr.event.sent", cloudEvent.GetProperty("type").GetString());
        });
        Assert.Equal(2, seen.Select(cloudEvent => cloudEvent.GetProperty("id").GetString()).Distinct().Count());
    }

    [Fact]
    public async Task Bytes_that_are_no_event_are_an_error_for_a_subscription_that_is_not_raw()
    {
        await sidecar.Subscribe("orders");
        Assert.False(await broker.DeliverEvent("orders", "plain"));
        Assert.Empty(sidecar.App.Received);
    }

    [Fact]
    public async Task While_the_app_is_unhealthy_messages_wait_and_use_up_no_retries()
    {
        await With(retries: 1);
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.IsHealthy = false;
        var delivery = broker.DeliverEvent("orders", Event);
        await Task.Delay(200);
        Assert.False(delivery.IsCompleted);
        Assert.Empty(sidecar.App.Received);
        sidecar.App.IsHealthy = true;
        Assert.True(await delivery);
        Assert.Single(sidecar.App.Received);
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task An_app_that_is_killed_in_the_middle_of_a_delivery_gets_the_message_again()
    {
        var calls = 0;
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.Answer = (_, _) => Interlocked.Increment(ref calls) switch
        {
            1 => throw new HttpRequestException(HttpRequestError.ResponseEnded, "the response ended"),
            < 5 => throw new HttpRequestException(HttpRequestError.ConnectionError, "refused"),
            _ => Task.FromResult(ScriptedApp.Status(200)),
        };
        Assert.True(await broker.DeliverEvent("orders", Event));
        Assert.Equal(5, calls);
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task An_app_that_drops_the_connection_on_a_message_again_and_again_is_a_failure()
    {
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.Answer = (_, _) => throw new HttpRequestException(HttpRequestError.ResponseEnded, "the response ended");
        Assert.True(await broker.DeliverEvent("orders", Event));
        Assert.Equal(2, sidecar.App.Received.Count);
        Assert.Equal("dead", Assert.Single(broker.Published).Topic);
    }

    [Fact]
    public async Task Stopping_lets_the_app_finish_what_it_works_on()
    {
        await sidecar.Subscribe("orders");
        var release = new TaskCompletionSource();
        sidecar.App.Answer = async (_, _) =>
        {
            await release.Task;
            return ScriptedApp.Status(200);
        };
        var delivery = broker.DeliverEvent("orders", Event);
        await Eventually.True(() => sidecar.App.Received.Count == 1, "the request began");
        await sidecar.Subscriber.StopAsync(default);
        release.SetResult();
        Assert.True(await delivery);
    }

    [Fact]
    public async Task A_message_caught_between_attempts_by_a_stop_is_left_to_the_broker_and_not_dead_lettered()
    {
        await With(policy: new ScriptedPolicy(100) { Pause = TimeSpan.FromMinutes(10) });
        await sidecar.Subscribe("orders", "dead");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(500));
        var delivery = broker.DeliverEvent("orders", Event);
        await Eventually.True(() => sidecar.App.Received.Count == 1, "the first attempt");
        await sidecar.Subscriber.StopAsync(default);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task An_attempt_that_fails_while_stopping_is_left_to_the_broker_too()
    {
        await sidecar.Subscribe("orders", "dead");
        var release = new TaskCompletionSource();
        sidecar.App.Answer = async (_, _) =>
        {
            await release.Task;
            return ScriptedApp.Status(500);
        };
        var delivery = broker.DeliverEvent("orders", Event);
        await Eventually.True(() => sidecar.App.Received.Count == 1, "the request began");
        await sidecar.Subscriber.StopAsync(default);
        release.SetResult();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => delivery);
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task Bulk_delivery_hands_over_an_envelope_and_repeats_entries_without_an_answer()
    {
        await With(retries: 5);
        var missing = new HashSet<string>();
        sidecar.App.Answer = (request, _) =>
        {
            var envelope = request.Json;
            Assert.Equal("com.dapr.event.sent.bulk", envelope.GetProperty("type").GetString());
            Assert.Equal("application/json", request.ContentType);
            var statuses = envelope.GetProperty("entries").EnumerateArray()
                .Select(entry => (Id: entry.GetProperty("entryId").GetString()!, Data: entry.GetProperty("event").GetProperty("data").GetString()!))
                .Where(entry => entry.Data != "forgotten" || !missing.Add("once"))
                .Select(entry => new { entryId = entry.Id, status = entry.Data == "dropped" ? "DROP" : "SUCCESS" });
            return Task.FromResult(ScriptedApp.Status(200, JsonSerializer.Serialize(new { statuses })));
        };
        await sidecar.Subscribe("orders", "dead", ""","bulkSubscribe":{"enabled":true,"maxMessagesCount":3,"maxAwaitDurationMs":5000}""");
        var verdicts = await Task.WhenAll(new[] { "done", "dropped", "forgotten" }.Select(data => broker.DeliverEvent("orders", $$"""{"id":"1","data":"{{data}}"}""")));
        Assert.All(verdicts, Assert.True);
        Assert.Equal([3, 1], sidecar.App.Received.Select(request => request.Json.GetProperty("entries").GetArrayLength()));
        Assert.Contains("dropped", Encoding.UTF8.GetString(Assert.Single(broker.Published).Message.Data.Span), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bulk_batch_that_does_not_fill_is_delivered_when_its_time_is_over()
    {
        await sidecar.Subscribe("orders", "dead", ""","bulkSubscribe":{"enabled":true,"maxMessagesCount":100,"maxAwaitDurationMs":20}""");
        sidecar.App.Answer = (_, _) => Task.FromResult(ScriptedApp.Status(500));
        Assert.True(await broker.DeliverEvent("orders", Event));
        Assert.Equal("dead", Assert.Single(broker.Published).Topic);
    }

    private async Task With(int retries = 0, Dictionary<string, string>? metadata = null, ScriptedPolicy? policy = null)
    {
        await sidecar.DisposeAsync();
        sidecar = new TestSidecar("app", broker, metadata, retries, policy: policy);
    }
}
