using System.Net.Http.Json;
using System.Text.Json;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.Polyglot;

/// <summary>An app in JavaScript without an SDK and one in .NET with it, on the same building blocks.</summary>
public sealed class PolyglotTests
{
    [Fact]
    [Trait("Needs", "Program")]
    public async Task An_app_in_another_language_invokes_is_invoked_subscribes_publishes_and_keeps_state()
    {
        Assert.SkipWhen(NodeApp.Program is null, "node is not installed (Debian package nodejs)");
        await using var world = new World();
        world.Folder.AddSharedBroker("shared").Add("store", "state.in-memory");
        var dotnet = new SidecarSpec("dotnet-app") { AppPort = FreePorts.Take() };
        var node = new SidecarSpec("node-app") { AppPort = FreePorts.Take(), Environment = new Dictionary<string, string> { ["APP_API_TOKEN"] = "node-secret" } };
        var app = await world.Own(new SdkApp(dotnet)).StartAsync();
        world.Own(new NodeApp(node, "node-secret"));
        await world.SidecarAsync(dotnet);
        await world.SidecarAsync(node);

        using var toNode = app.Client.CreateInvokableHttpClient("node-app");
        var greeting = await toNode.GetFromJsonAsync<JsonElement>("/greet?name=lucid");
        Assert.Equal(("hello lucid", "dotnet-app"), (greeting.Text("greeting"), greeting.Text("caller")));
        Assert.Equal(12, (await toNode.GetFromJsonAsync<JsonElement>("/total?item=cake&count=3")).GetProperty("total").GetInt32());

        await app.Client.PublishEventAsync("shared", "orders", new { item = "tea" });
        await app.Client.PublishEventAsync("shared", "orders", new { item = "tea" });
        await Probe.UntilAsync(() => Task.FromResult(app.Shipped.Count >= 2), "both orders are shipped");
        Assert.All(app.Shipped, shipment => Assert.Equal("tea", shipment.Text("item")));
        Assert.Equal(2, (await toNode.GetFromJsonAsync<JsonElement>("/ordered?item=tea")).GetProperty("count").GetInt32());
    }
}
