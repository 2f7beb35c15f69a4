using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.Delivery;

/// <summary>Statements 88, 89 and 91, which need apps of their own.</summary>
public sealed class SubscriptionTests
{
    [Fact]
    public async Task S088_an_app_without_subscriptions_runs()
    {
        await using var world = new World();
        world.Folder.Add("broker", "pubsub.in-memory");
        var app = await world.AppAsync(subscriptions: null);
        var sidecar = await world.SidecarAsync(new SidecarSpec("without") { AppPort = app.Port });
        await HasNoneAsync(world, sidecar);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"pubsubname\":\"broker\"}")]
    public async Task S089_a_malformed_answer_makes_no_subscriptions_and_the_sidecar_goes_on(string answer)
    {
        await using var world = new World();
        world.Folder.Add("broker", "pubsub.in-memory");
        var app = await world.AppAsync(answer);
        var sidecar = await world.SidecarAsync(new SidecarSpec("malformed") { AppPort = app.Port });
        await HasNoneAsync(world, sidecar);
    }

    [Fact]
    public async Task S091_two_apps_on_one_topic_each_get_the_event()
    {
        await using var world = new World();
        world.Folder.AddSharedBroker("shared");
        List<RecordingApp> apps = [];
        SidecarSpec? last = null;
        foreach (var id in new[] { "subscriber-one", "subscriber-two" })
        {
            var app = await world.AppAsync("""[{"pubsubname":"shared","topic":"t91","route":"/t91"}]""");
            apps.Add(app);
            last = await world.SidecarAsync(new SidecarSpec(id) { AppPort = app.Port });
        }

        await world.Sdk(last!).PublishEventAsync("shared", "t91", "both");
        foreach (var app in apps)
        {
            Assert.Equal("both", (await app.UntilAsync("/t91"))[0].Json().Text("data"));
        }
    }

    private static async Task HasNoneAsync(World world, SidecarSpec sidecar)
    {
        var metadata = await (await world.GetAsync(sidecar, "/v1.0/metadata")).JsonAsync();
        Assert.True(!metadata.TryGetProperty("subscriptions", out var subscriptions) || subscriptions.GetArrayLength() == 0);
    }
}
