using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Conformance.Delivery;

/// <summary>Statements 71 to 87, 90, 94, 95, 100, 101 and 216: deliveries and what the app's answers do.</summary>
public sealed class DeliveryTests(DeliveryWorld world) : IClassFixture<DeliveryWorld>
{
    [Fact]
    public async Task S071_200_without_a_body_acknowledges() => Assert.Single(await world.OnceFollowedAsync("t71"));

    [Fact]
    public async Task S072_the_status_SUCCESS_acknowledges()
    {
        world.Answers("/t72", (200, """{"status":"SUCCESS"}"""));
        Assert.Single(await world.OnceFollowedAsync("t72"));
    }

    [Fact]
    public async Task S073_200_with_something_else_acknowledges()
    {
        world.Answers("/t73", (200, "thank you"));
        Assert.Single(await world.OnceFollowedAsync("t73"));
    }

    [Fact]
    public async Task S074_the_status_RETRY_brings_the_event_again()
    {
        world.Answers("/t74", (200, """{"status":"RETRY"}"""), (200, ""));
        Assert.Equal(2, (await world.OnceFollowedAsync("t74")).Count);
    }

    [Fact]
    public async Task S075_the_status_DROP_ends_it_and_leads_to_the_dead_letters()
    {
        world.Answers("/t75", (200, """{"status":"DROP"}"""));
        Assert.Single(await world.OnceFollowedAsync("t75"));
        world.Answers("/t75-lettered", (200, """{"status":"DROP"}"""));
        await world.PublishAsync("t75-lettered", "\"d\"");
        Assert.Equal("d", DeliveryWorld.Data((await world.App.UntilAsync("/t75-lettered-dead"))[0]));
        Assert.Single(world.App.Exactly("/t75-lettered"));
    }

    [Fact]
    public async Task S076_an_unknown_status_brings_the_event_again()
    {
        world.Answers("/t76", (200, """{"status":"MAYBE"}"""), (200, ""));
        Assert.Equal(2, (await world.OnceFollowedAsync("t76")).Count);
    }

    [Fact]
    public async Task S077_404_drops_the_event_and_leads_to_the_dead_letters()
    {
        world.Answers("/t77", (404, ""));
        Assert.Single(await world.OnceFollowedAsync("t77"));
        world.Answers("/t77-lettered", (404, ""));
        await world.PublishAsync("t77-lettered", "\"d\"");
        await world.App.UntilAsync("/t77-lettered-dead");
        Assert.Single(world.App.Exactly("/t77-lettered"));
    }

    [Fact]
    public async Task S078_500_brings_the_event_again()
    {
        world.Answers("/t78", (500, ""), (200, ""));
        Assert.Equal(2, (await world.OnceFollowedAsync("t78")).Count);
    }

    [Fact]
    public async Task S079_403_brings_the_event_again()
    {
        world.Answers("/t79", (403, ""), (200, ""));
        Assert.Equal(2, (await world.OnceFollowedAsync("t79")).Count);
    }

    [Fact]
    public async Task S080_when_retries_are_used_up_one_copy_goes_to_the_dead_letters()
    {
        world.Answers("/t80", (500, ""));
        await world.PublishAsync("t80", "\"first\"");
        await world.PublishAsync("t80", "\"second\"");
        var dead = await world.App.UntilAsync("/t80-dead", 2);
        Assert.Equal(["first", "second"], dead.Select(DeliveryWorld.Data).Order());
        Assert.Equal(DeliveryWorld.Attempts, world.App.Exactly("/t80").Count(request => DeliveryWorld.Data(request) == "first"));
    }

    [Fact]
    public async Task S081_without_dead_letters_the_broker_learns_of_the_failure()
    {
        // More attempts than the policy has: the broker has brought the message again.
        world.Answers("/t81", [.. Enumerable.Repeat((500, ""), DeliveryWorld.Attempts + 1), (200, "")]);
        await world.PublishAsync("t81", broker: "lasting");
        await world.App.UntilAsync("/t81", DeliveryWorld.Attempts + 2);
    }

    [Fact]
    public async Task S082_an_expired_event_is_not_delivered()
    {
        await world.PublishAsync("t82", query: "?metadata.ttlInSeconds=60");
        Assert.NotNull((await world.App.UntilAsync("/t82"))[0].Json().Text("expiration"));
        await world.PublishTypeAsync("t82-late", "late", ""","expiration":"2020-01-01T00:00:00Z" """);
        await world.PublishTypeAsync("t82-late", "live");
        Assert.Equal("live", DeliveryWorld.Data(Assert.Single(await world.App.UntilAsync("/t82-late"))));
    }

    [Fact]
    public async Task S083_the_first_rule_that_is_true_chooses_the_route()
    {
        foreach (var type in new[] { "a", "b", "c" })
        {
            await world.PublishTypeAsync("t83", type);
        }

        Assert.Equal("a", DeliveryWorld.Data(Assert.Single(await world.App.UntilAsync("/t83-a"))));
        Assert.Equal("b", DeliveryWorld.Data(Assert.Single(await world.App.UntilAsync("/t83-ab"))));
        Assert.Equal("c", DeliveryWorld.Data(Assert.Single(await world.App.UntilAsync("/t83-else"))));
    }

    [Fact]
    public async Task S084_an_event_that_no_rule_wants_is_done()
    {
        await world.PublishTypeAsync("t84", "unknown");
        await world.PublishTypeAsync("t84", "known");
        Assert.Equal("known", DeliveryWorld.Data(Assert.Single(await world.App.UntilAsync("/t84"))));
        Assert.Matches("dapr_component_pubsub_ingress_count\\{[^}]*process_status=\"drop\"[^}]*topic=\"t84\"[^}]*\\} 1", await world.MetricsAsync(world.Spec));
    }

    [Fact]
    public async Task S085_a_rule_that_is_no_truth_value_is_an_error()
    {
        await world.PublishTypeAsync("t85", "x");
        Assert.Equal("x", DeliveryWorld.Data((await world.App.UntilAsync("/t85-dead"))[0]));
        Assert.Empty(world.App.Exactly("/t85"));
    }

    [Fact]
    public async Task S086_a_subscription_without_route_is_ignored() => Assert.DoesNotContain("t86", await TopicsAsync());

    [Theory]
    [InlineData("t87-camel")]
    [InlineData("t87-lower")]
    public async Task S087_the_brokers_name_is_read_in_either_spelling(string topic)
    {
        await world.PublishAsync(topic);
        await world.App.UntilAsync("/" + topic);
    }

    [Fact]
    public async Task S090_a_declared_subscription_of_another_app_is_ignored()
    {
        var topics = await TopicsAsync();
        Assert.Contains("t90-mine", topics);
        Assert.DoesNotContain("t90-foreign", topics);
        await world.PublishAsync("t90-mine");
        await world.App.UntilAsync("/t90-mine");
    }

    [Fact]
    public async Task S094_a_bulk_delivery_has_its_envelope()
    {
        world.App.On("/t94", (request, http) => AnswerAllAsync(http, request.Json(), _ => "SUCCESS"));
        await world.PublishAsync("t94", "\"one\"");
        var envelope = (await world.App.UntilAsync("/t94"))[0].Json();
        Assert.Equal(("com.dapr.event.sent.bulk", "t94", "broker"), (envelope.Text("type"), envelope.Text("topic"), envelope.Text("pubsubname")));
        var entry = envelope.GetProperty("entries")[0];
        Assert.NotEmpty(entry.Text("entryId")!);
        Assert.Equal("one", entry.GetProperty("event").Text("data"));
    }

    [Fact]
    public async Task S095_an_entry_without_a_status_is_brought_again()
    {
        var calls = 0;
        world.App.On("/t95", (request, http) => AnswerAllAsync(http, request.Json(), _ => Interlocked.Increment(ref calls) == 1 ? null : "SUCCESS"));
        await world.PublishAsync("t95", "\"again\"");
        var deliveries = await world.App.UntilAsync("/t95", 2);
        Assert.All(deliveries, delivery => Assert.Equal("again", delivery.Json().GetProperty("entries")[0].GetProperty("event").Text("data")));
    }

    [Fact]
    public async Task S100_a_forbidden_subscription_is_skipped_and_the_app_runs()
    {
        var topics = await TopicsAsync();
        Assert.Contains("t100-mine", topics);
        Assert.DoesNotContain("t100-foreign", topics);
    }

    [Fact]
    public async Task S101_a_delivery_carries_the_apps_token()
    {
        await world.PublishAsync("t101");
        Assert.Equal("app-secret", (await world.App.UntilAsync("/t101"))[0].Header("dapr-api-token"));
    }

    [Fact]
    public async Task S216_the_brokers_inbound_policy_says_how_often_an_event_comes()
    {
        world.Answers("/t216", (500, ""), (500, ""), (500, ""), (200, ""));
        Assert.Equal(DeliveryWorld.Attempts, (await world.OnceFollowedAsync("t216")).Count);
    }

    private async Task<IReadOnlyList<string?>> TopicsAsync() => [.. (await (await world.GetAsync(world.Spec, "/v1.0/metadata")).JsonAsync())
        .GetProperty("subscriptions").EnumerateArray().Select(subscription => subscription.Text("topic"))];

    /// <summary>Answers for each entry; none for those whose status is null.</summary>
    private static Task AnswerAllAsync(HttpContext http, System.Text.Json.JsonElement envelope, Func<string, string?> status)
    {
        var statuses = envelope.GetProperty("entries").EnumerateArray()
            .Select(entry => entry.Text("entryId")!)
            .Select(id => new { entryId = id, status = status(id) })
            .Where(answer => answer.status is not null);
        return http.Response.WriteAsJsonAsync(new { statuses });
    }
}
