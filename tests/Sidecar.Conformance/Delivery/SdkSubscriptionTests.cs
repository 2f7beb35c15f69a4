using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.Delivery;

/// <summary>Subscriptions as the SDK's own handler writes them.</summary>
public sealed class SdkSubscriptionTests
{
    [Fact]
    public async Task S087_the_subscriptions_of_an_app_with_the_sdk_are_read()
    {
        await using var world = new World();
        world.Folder.Add("shared", "pubsub.in-memory");
        var sidecar = new SidecarSpec("sdk-app") { AppPort = FreePorts.Take() };
        var app = await world.Own(new SdkApp(sidecar)).StartAsync();
        await world.SidecarAsync(sidecar);
        await app.Client.PublishEventAsync("shared", "shipped", new { number = 87 });
        await Probe.UntilAsync(() => Task.FromResult(app.Shipped.Count > 0), "the event arrives, unwrapped");
        Assert.Equal("87", app.Shipped[0].Text("number"));
    }
}
