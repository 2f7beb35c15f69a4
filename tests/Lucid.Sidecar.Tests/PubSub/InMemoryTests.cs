using Lucid.Sidecar.Components;
using Lucid.Sidecar.PubSub.InMemory;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class InMemoryTests
{
    [Fact]
    public async Task Messages_stay_inside_one_sidecar()
    {
        var (one, other) = (await Create(), await Create());
        await using var a = new TestSidecar("a", one);
        await using var b = new TestSidecar("b", other);
        await a.Subscribe("orders");
        await b.Subscribe("orders");
        await a.Publish("orders", "hello");
        await Eventually.True(() => a.App.Received.Count == 1, "a got its own message");
        Assert.Empty(b.App.Received);
    }

    [Fact]
    public async Task A_failed_message_is_not_delivered_again()
    {
        await using var sidecar = new TestSidecar("a", await Create());
        sidecar.App.Answer = (request, _) => Task.FromResult(ScriptedApp.Status(request.Data == "bad" ? 500 : 200));
        await sidecar.Subscribe("orders");
        await sidecar.Publish("orders", "bad");
        await sidecar.Publish("orders", "good");
        await Eventually.True(() => sidecar.App.Received.Count == 2, "both were tried");
        await sidecar.Subscriber.StopAsync(default);
        Assert.Equal(["bad", "good"], sidecar.App.Received.Select(request => request.Data));
    }

    [Fact]
    public async Task A_topic_may_be_a_pattern()
    {
        var broker = await Create();
        List<string> seen = [];
        await using var handle = await broker.SubscribeAsync(
            new PubSubSubscription("a.*", "g", new Dictionary<string, string>()), (message, _) => { lock (seen) { seen.Add(message.ContentType!); } return Task.FromResult(true); }, default);
        foreach (var topic in new[] { "a.b", "b.a", "a.c" })
        {
            await broker.PublishAsync(topic, new PubSubMessage(default, topic, new Dictionary<string, string>()), default);
        }

        await Eventually.True(() => { lock (seen) { return seen.Count == 2; } }, "both matching topics");
        Assert.Equal(["a.b", "a.c"], seen);
    }

    private static async Task<IPubSub> Create() =>
        await new InMemoryPubSubFactory().CreateAsync(TestSidecar.Definition("pubsub.in-memory", []), TestSidecar.Host("a"), default);
}
