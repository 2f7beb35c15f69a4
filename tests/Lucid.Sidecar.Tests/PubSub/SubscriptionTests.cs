using System.Text.Json;
using Lucid.Sidecar.PubSub;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class SubscriptionTests : IAsyncDisposable
{
    private readonly CapturingBroker broker = new();
    private TestSidecar sidecar;

    public SubscriptionTests() => sidecar = new TestSidecar("app", broker);

    public ValueTask DisposeAsync() => sidecar.DisposeAsync();

    [Fact]
    public void The_apps_answer_is_read_without_regard_to_case()
    {
        var subscription = Assert.Single(AppSubscriptions.Parse("""
            [{"topic":"orders","pubsubName":"pubsub","ROUTES":{"Rules":[{"Match":"event.type == 'a'","Path":"a"}],"Default":"rest"},
              "DEADLETTERTOPIC":"dead","metadata":{"rawPayload":"true"},"bulkSubscribe":{"enabled":true,"maxMessagesCount":7}}]
            """u8.ToArray()));
        Assert.Equal(("pubsub", "orders", "rest", "dead"), (subscription.PubSubName, subscription.Topic, subscription.DefaultRoute, subscription.DeadLetterTopic));
        Assert.Equal(new SubscriptionRule("event.type == 'a'", "a"), Assert.Single(subscription.Rules));
        Assert.Equal("true", subscription.Metadata["rawPayload"]);
        Assert.Equal(new BulkSubscribeSpec(true, 7, 1000), subscription.BulkSubscribe);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("nonsense")]
    [InlineData("[7]")]
    [InlineData("""[{"topic":7}]""")]
    [InlineData("")]
    public async Task An_answer_that_cannot_be_read_leaves_the_app_running_without_subscriptions(string answer)
    {
        sidecar.App.Subscriptions = answer;
        await sidecar.Subscriber.StartAsync(default);
        Assert.Empty(sidecar.Subscriber.Active);
    }

    [Fact]
    public async Task An_app_without_subscribe_endpoint_has_no_subscriptions()
    {
        await sidecar.Subscriber.StartAsync(default);
        Assert.Empty(sidecar.Subscriber.Active);
    }

    [Fact]
    public async Task Rules_are_tried_in_order_and_the_first_that_is_true_wins()
    {
        sidecar.App.Subscriptions = """
            [{"pubsubname":"pubsub","topic":"orders","routes":{"rules":[
               {"match":"event.type == 'a'","path":"/first"},{"match":"event.type.startsWith('a')","path":"second"},{"match":"event.data.n == 9007199254740993","path":"/third"}],
              "default":"/rest"}}]
            """;
        await sidecar.Subscriber.StartAsync(default);
        await broker.DeliverEvent("orders", """{"type":"a"}""");
        await broker.DeliverEvent("orders", """{"type":"ab"}""");
        await broker.DeliverEvent("orders", """{"type":"b","data":{"n":9007199254740993}}""");
        await broker.DeliverEvent("orders", """{"type":"b","data":{"n":1}}""");
        Assert.Equal(["/first", "/second", "/third", "/rest"], sidecar.App.Received.Select(request => request.Path));
    }

    [Theory]
    [InlineData("event.type == 'never'", true, 1)]
    [InlineData("event.type", false, 0)]
    [InlineData("event.data.missing == 1", false, 0)]
    public async Task Without_a_default_an_event_no_rule_takes_is_done_and_a_rule_that_fails_is_an_error(string match, bool verdict, int deadLetters)
    {
        sidecar.App.Subscriptions = $$$"""[{"pubsubname":"pubsub","topic":"orders","routes":{"rules":[{"match":"{{{match}}}","path":"/x"}]}}]""";
        await sidecar.Subscriber.StartAsync(default);
        Assert.Equal(verdict, await broker.DeliverEvent("orders", """{"type":"t"}"""));
        Assert.Empty(sidecar.App.Received);
        await sidecar.Subscriber.StopAsync(default);

        sidecar.App.Subscriptions = sidecar.App.Subscriptions.Replace("\"topic\"", "\"deadLetterTopic\":\"dead\",\"topic\"", StringComparison.Ordinal);
        await sidecar.Subscriber.StartAsync(default);
        Assert.True(await broker.DeliverEvent("orders", """{"type":"t"}"""));
        Assert.Equal(Math.Max(1, deadLetters), broker.Published.Count);
    }

    [Fact]
    public async Task What_cannot_be_used_is_left_out_and_the_rest_starts()
    {
        await With(new() { ["protectedTopics"] = "guarded" });
        sidecar.App.Subscriptions = """
            [{"pubsubname":"pubsub","topic":"no-route"},
             {"pubsubname":"nosuch","topic":"unknown","route":"x"},
             {"pubsubname":"pubsub","topic":"guarded","route":"x"},
             {"pubsubname":"pubsub","topic":"bad-rule","routes":{"rules":[{"match":"event.type ==","path":"x"}],"default":"y"}},
             {"pubsubname":"pubsub","topic":"bad-raw","route":"x","metadata":{"rawPayload":"perhaps"}},
             {"pubsubname":"pubsub","topic":"good","route":"x"}]
            """;
        await sidecar.Subscriber.StartAsync(default);
        Assert.Equal(["good"], broker.SubscribedTopics);
        Assert.Equal("good", Assert.Single(sidecar.Subscriber.Active).Subscription.Topic);
    }

    [Fact]
    public async Task Declarative_subscriptions_count_unless_they_are_scoped_to_others_or_the_app_has_its_own()
    {
        await With(subscriptions:
        [
            new SubscriptionResource("pubsub", "mine") { DefaultRoute = "/file" },
            new SubscriptionResource("pubsub", "scoped") { DefaultRoute = "/file", Scopes = ["app"] },
            new SubscriptionResource("pubsub", "foreign") { DefaultRoute = "/file", Scopes = ["other"] },
            new SubscriptionResource("pubsub", "twice") { DefaultRoute = "/file" },
        ]);
        sidecar.App.Subscriptions = """[{"pubsubname":"pubsub","topic":"twice","route":"/app"}]""";
        await sidecar.Subscriber.StartAsync(default);
        Assert.Equal(["mine", "scoped", "twice"], broker.SubscribedTopics.Order());
        await broker.DeliverEvent("twice", "{}");
        Assert.Equal("/app", Assert.Single(sidecar.App.Received).Path);
    }

    [Fact]
    public async Task An_app_that_was_started_again_may_have_other_subscriptions()
    {
        await sidecar.Subscribe("before");
        sidecar.App.Subscriptions = """[{"pubsubname":"pubsub","topic":"after","route":"/x"}]""";
        await sidecar.Subscriber.NotifyAppRestartedAsync(default);
        Assert.Equal(["after"], broker.SubscribedTopics);
        await sidecar.Subscriber.StopAsync(default);
        Assert.Empty(broker.SubscribedTopics);
    }

    [Fact]
    public void Every_rule_of_a_subscription_is_named_when_it_is_refused() =>
        Assert.Throws<Lucid.Sidecar.PubSub.Cel.CelException>(() =>
            SubscriptionRoutes.Compile(new SubscriptionResource("p", "t") { Rules = [new SubscriptionRule(" event.x( ", "/x")] }));

    [Fact]
    public void An_empty_rule_always_matches()
    {
        var routes = SubscriptionRoutes.Compile(new SubscriptionResource("p", "t") { Rules = [new SubscriptionRule(" ", "x")] });
        Assert.Equal("/x", routes.Find(JsonDocument.Parse("{}").RootElement));
    }

    private async Task With(Dictionary<string, string>? metadata = null, IReadOnlyList<SubscriptionResource>? subscriptions = null)
    {
        await sidecar.DisposeAsync();
        sidecar = new TestSidecar("app", broker, metadata, subscriptions: subscriptions);
    }
}
