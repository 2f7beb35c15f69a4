using System.Net;
using Lucid.Sidecar.Conformance.Launching;

namespace Lucid.Sidecar.Conformance.Actors;

/// <summary>Statements that end the sidecar in between, on a world of their own.</summary>
public sealed class ActorRestartTests
{
    [Fact]
    public async Task S203_a_reminder_survives_a_restart_of_the_sidecar_and_a_timer_does_not()
    {
        await using var world = new ActorWorld();
        await world.InitializeAsync();
        await world.InvokeAsync("T", "203");
        foreach (var kind in new[] { "reminders/r", "timers/t" })
        {
            var created = await world.SendAsync("POST", $"/v1.0/actors/T/203/{kind}", """{"dueTime":"2s","callback":"c"}""");
            Assert.Equal(HttpStatusCode.NoContent, created.StatusCode);
        }

        await world.RestartAsync();
        await Probe.UntilAsync(() => Task.FromResult(world.App.At("/actors/T/203/method/remind/r").Count == 1), "the reminder fires after the restart");
        var later = await world.SendAsync("POST", "/v1.0/actors/T/203/reminders/later", """{"dueTime":"1s"}""");
        Assert.Equal(HttpStatusCode.NoContent, later.StatusCode);
        await Probe.UntilAsync(() => Task.FromResult(world.App.At("/actors/T/203/method/remind/later").Count == 1), "a later reminder fires");
        Assert.Empty(world.App.At("/actors/T/203/method/timer/"));
    }

    [Fact]
    public async Task S155_actor_calls_of_other_apps_are_not_judged_by_access_control()
    {
        await using var world = new ActorWorld { Configuration = "accessControl:\n    defaultAction: deny\n    trustDomain: public" };
        await world.InitializeAsync();
        Assert.Equal(HttpStatusCode.OK, (await world.SendAsync("POST", "/v1.0/actors/T/155/method/M", to: world.Stranger)).StatusCode);
    }
}
