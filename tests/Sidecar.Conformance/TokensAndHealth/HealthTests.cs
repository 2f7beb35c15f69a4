using System.Net;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.TokensAndHealth;

/// <summary>Statements 165 to 169, each with a sidecar of its own.</summary>
public sealed class HealthTests
{
    [Fact]
    public async Task S165_the_sidecar_is_healthy_once_its_app_listens()
    {
        await using var world = new World();
        var app = world.Own(new RecordingApp());
        var sidecar = await world.SidecarAsync(new SidecarSpec("late") { AppPort = app.Port }, untilReady: false);
        await (await world.GetAsync(sidecar, "/v1.0/healthz")).IsRefusedAsync(500, "ERR_HEALTH_NOT_READY");
        await app.StartAsync();
        await Probe.UntilAsync(async () => (await world.GetAsync(sidecar, "/v1.0/healthz")).StatusCode == HttpStatusCode.NoContent, "the sidecar is healthy");
    }

    [Fact]
    public async Task S166_outbound_health_does_not_wait_for_the_app()
    {
        await using var world = new World();
        var sidecar = await world.SidecarAsync(new SidecarSpec("never") { AppPort = FreePorts.Take() }, untilReady: false);
        Assert.True(await world.Sdk(sidecar).CheckOutboundHealthAsync());
        Assert.False(await world.Sdk(sidecar).CheckHealthAsync());
    }

    [Fact]
    public async Task S167_health_of_another_app_is_refused()
    {
        await using var world = new World();
        var sidecar = await world.SidecarAsync(new SidecarSpec("mine"));
        await (await world.GetAsync(sidecar, "/v1.0/healthz?appid=mine")).IsDoneAsync();
        await (await world.GetAsync(sidecar, "/v1.0/healthz?appid=other")).IsRefusedAsync(500, "ERR_HEALTH_APPID_NOT_MATCH");
    }

    [Fact]
    public async Task S168_an_unhealthy_app_gets_neither_events_nor_calls()
    {
        await using var world = new World();
        world.Folder.Add("broker", "pubsub.in-memory");
        var app = await world.AppAsync("""[{"pubsubname":"broker","topic":"t168","route":"/t168"}]""");
        var healthy = true;
        app.On("/healthz", (_, http) =>
        {
            http.Response.StatusCode = Volatile.Read(ref healthy) ? 200 : 500;
            return Task.CompletedTask;
        });
        var sidecar = await world.SidecarAsync(new SidecarSpec("sick")
        {
            AppPort = app.Port, Flags = ["--enable-app-health-check", "--app-health-probe-interval", "1", "--app-health-threshold", "1"],
        });
        var caller = await world.SidecarAsync(new SidecarSpec("caller"));
        Assert.Equal(200, await InvokeAsync());

        Volatile.Write(ref healthy, false);
        await Probe.UntilAsync(async () => await InvokeAsync() == 500, "invocation of the sick app fails");
        await Probe.UntilAsync(async () => await SubscriptionsAsync() == 0, "its subscriptions have ended");
        await (await world.PostAsync(sidecar, "/v1.0/publish/broker/t168", "\"while sick\"")).IsDoneAsync();

        Volatile.Write(ref healthy, true);
        await Probe.UntilAsync(async () => await InvokeAsync() == 200 && await SubscriptionsAsync() == 1, "the app is back");
        await (await world.PostAsync(sidecar, "/v1.0/publish/broker/t168", "\"well again\"")).IsDoneAsync();
        Assert.Equal("well again", Assert.Single(await app.UntilAsync("/t168")).Json().Text("data"));

        async Task<int> InvokeAsync() => (int)(await world.GetAsync(caller, "/v1.0/invoke/sick/method/m")).StatusCode;

        async Task<int> SubscriptionsAsync() => (await (await world.GetAsync(sidecar, "/v1.0/metadata")).JsonAsync()).TryGetProperty("subscriptions", out var all) ? all.GetArrayLength() : 0;
    }

    [Fact]
    public async Task S169_a_sidecar_that_is_told_to_stop_does()
    {
        await using var world = new World();
        var sidecar = await world.SidecarAsync(new SidecarSpec("stopping"));
        await (await world.SendAsync(sidecar, "POST", "/v1.0/shutdown")).IsDoneAsync();
        await Probe.UntilAsync(
            async () =>
            {
                try
                {
                    using var answer = await world.GetAsync(sidecar, "/v1.0/healthz/outbound");
                    return false;
                }
                catch (HttpRequestException)
                {
                    return true;
                }
            },
            "nobody answers any more");
    }
}
