using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Lucid.Sidecar.Actors;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Actors;

public sealed class ActorLifeTests
{
    private static readonly ActorRequest Purr = new("Cat", "1", "Purr");

    [Fact]
    public async Task An_idle_actor_is_deactivated_and_a_used_one_is_not()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app, """{"entities":["Cat"],"actorIdleTimeout":"10s"}""");
        await engine.InvokeAsync(Purr, CancellationToken.None);
        await engine.InvokeAsync(Purr with { ActorId = "2" }, CancellationToken.None);
        bench.Time.Advance(TimeSpan.FromSeconds(6));
        await engine.InvokeAsync(Purr with { ActorId = "2" }, CancellationToken.None);
        bench.Time.Advance(TimeSpan.FromSeconds(4));
        await ActorBench.UntilAsync(() => app.Calls.Any(call => call.Method == "DELETE"));
        Assert.Equal("/actors/Cat/1", Assert.Single(app.Calls, call => call.Method == "DELETE").Path);
        await ActorBench.UntilAsync(() => engine.ActiveActors().GetValueOrDefault("Cat") == 1);
        await bench.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => engine.ActiveActors().Count == 0);
        Assert.Contains("dapr_runtime_actor_deactivated_total{app_id=\"zoo\",actor_type=\"Cat\"} 2", bench.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_during_deactivation_waits_for_it_and_gets_a_new_instance()
    {
        await using var bench = new ActorBench();
        var mayEnd = new TaskCompletionSource();
        var app = new FakeApp
        {
            Answer = async (call, _) =>
            {
                if (call.Method == "DELETE")
                {
                    await mayEnd.Task;
                }

                return FakeApp.Ok();
            },
        };
        var engine = await bench.StartAsync(app, """{"entities":["Cat"],"actorIdleTimeout":"10s"}""");
        await engine.InvokeAsync(Purr, CancellationToken.None);
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        await ActorBench.UntilAsync(() => app.Calls.Count == 2);
        var late = engine.InvokeAsync(Purr, CancellationToken.None);
        Assert.False(late.IsCompleted);
        mayEnd.SetResult();
        await late;
        Assert.Equal(["PUT", "DELETE", "PUT"], app.Calls.Select(call => call.Method));
    }

    /// <summary>Calls race with deactivations, and some callers give up: no actor is ever called twice at once or while it is put down.</summary>
    [Fact]
    public async Task A_thousand_actors_that_come_and_go_never_overlap_with_themselves()
    {
        await using var bench = new ActorBench();
        var inside = new ConcurrentDictionary<string, int>();
        var deactivated = 0;
        var app = new FakeApp
        {
            Answer = async (call, _) =>
            {
                var actor = call.Path.Split('/')[3];
                Assert.Equal(1, inside.AddOrUpdate(actor, 1, (_, count) => count + 1));
                await Task.Yield();
                inside.AddOrUpdate(actor, 0, (_, count) => count - 1);
                deactivated += call.Method == "DELETE" ? 1 : 0;
                return FakeApp.Ok();
            },
        };
        var engine = await bench.StartAsync(app, """{"entities":["Cat"],"actorIdleTimeout":"1ms"}""");
        var answered = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(async () =>
        {
            var random = new Random(worker);
            for (var round = 0; round < 50; round++)
            {
                await Task.WhenAll(Enumerable.Range(0, 50).Select(async number =>
                {
                    using var patience = new CancellationTokenSource();
                    var call = engine.InvokeAsync(Purr with { ActorId = $"{random.Next(1000)}" }, patience.Token);
                    if (number % 9 == 0)
                    {
                        await patience.CancelAsync();
                        await call.ContinueWith(_ => { }, TaskScheduler.Default);
                    }
                    else
                    {
                        Assert.Equal(200, (await call).Status);
                        Interlocked.Increment(ref answered);
                    }
                }));
                bench.Time.Advance(TimeSpan.FromMilliseconds(1));
            }
        })));
        Assert.Equal(4 * 50 * 44, answered);
        Assert.True(deactivated > 0);
    }

    [Fact]
    public async Task Stopping_lets_running_calls_end_turns_waiting_ones_away_and_deactivates()
    {
        await using var bench = new ActorBench();
        var release = new TaskCompletionSource();
        var app = new FakeApp
        {
            Answer = async (call, _) =>
            {
                if (call.Method == "PUT")
                {
                    await release.Task;
                }

                return FakeApp.Ok();
            },
        };
        var engine = await bench.StartAsync(app);
        var running = engine.InvokeAsync(Purr, CancellationToken.None);
        var waiting = engine.InvokeAsync(Purr, CancellationToken.None);
        var stopping = engine.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        Assert.Equal(200, (await running).Status);
        await stopping;
        Assert.Equal("ERR_ACTOR_NO_ADDRESS", (await Assert.ThrowsAsync<DaprApiException>(() => waiting)).Error.Code);
        Assert.Equal(["PUT", "DELETE"], app.Calls.Select(call => call.Method));
    }

    [Fact]
    public async Task Draining_ends_when_its_time_is_over()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp
        {
            Answer = async (call, cancellation) =>
            {
                if (call.Method == "PUT")
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }

                return FakeApp.Ok();
            },
        };
        var engine = await bench.StartAsync(app, """{"entities":["Cat"],"drainOngoingCallTimeout":"2s"}""");
        var stuck = engine.InvokeAsync(Purr, CancellationToken.None);
        await ActorBench.UntilAsync(() => app.Calls.Count == 1);
        var stopping = engine.StopAsync(CancellationToken.None);
        bench.Time.Advance(TimeSpan.FromSeconds(2));
        await stopping;
        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", (await Assert.ThrowsAsync<DaprApiException>(() => stuck)).Error.Code);
    }

    [Fact]
    public async Task When_the_app_restarts_its_actors_and_timers_are_forgotten_without_a_word_to_the_new_process()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        await engine.InvokeAsync(Purr, CancellationToken.None);
        engine.CreateTimer(new TimerRequest("Cat", "1", "tick", "Tick", "5s", "", "", default));
        engine.NotifyAppRestarted();
        await ActorBench.RegisterAsync(engine, ActorBench.OneType);
        Assert.Empty(engine.ActiveActors());
        bench.Time.Advance(TimeSpan.FromSeconds(10));
        await engine.InvokeAsync(Purr, CancellationToken.None);
        Assert.Equal(["PUT", "PUT"], app.Calls.Select(call => call.Method));
        Assert.Contains("dapr_runtime_actor_timers{app_id=\"zoo\",actor_type=\"Cat\"} 0", bench.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_that_runs_when_the_app_dies_fails_and_the_next_gets_a_new_instance()
    {
        await using var bench = new ActorBench();
        var hang = true;
        var app = new FakeApp
        {
            Answer = async (_, cancellation) =>
            {
                if (hang)
                {
                    await Task.Delay(Timeout.Infinite, cancellation);
                }

                return FakeApp.Ok();
            },
        };
        var engine = await bench.StartAsync(app);
        var running = engine.InvokeAsync(Purr, CancellationToken.None);
        var waiting = engine.InvokeAsync(Purr, CancellationToken.None);
        await ActorBench.UntilAsync(() => app.Calls.Count == 1);
        hang = false;
        engine.NotifyAppRestarted();
        Assert.Equal("ERR_ACTOR_INVOKE_METHOD", (await Assert.ThrowsAsync<DaprApiException>(() => running)).Error.Code);
        Assert.Equal(200, (await waiting).Status);
    }

    [Theory]
    [InlineData(HttpStatusCode.OK, ActorBench.OneType, 1)]
    [InlineData(HttpStatusCode.OK, "<html>", 0)]
    [InlineData(HttpStatusCode.OK, "[]", 0)]
    [InlineData(HttpStatusCode.NotFound, ActorBench.OneType, 0)]
    public async Task What_an_app_hosts_is_asked_at_its_start(HttpStatusCode status, string answer, int types)
    {
        await using var bench = new ActorBench();
        var app = new FakeApp { Answer = (_, _) => Task.FromResult(FakeApp.Status(status, answer)) };
        var engine = await bench.StartAsync(app, config: null);
        await engine.StartAsync(CancellationToken.None);
        Assert.Equal(types, engine.HostedTypes.Count);
        Assert.Equal(("GET", "/dapr/config"), (app.Calls[0].Method, app.Calls[0].Path));
        await engine.UnregisterAsync(CancellationToken.None);
        Assert.Empty(engine.HostedTypes);
    }

    [Fact]
    public async Task An_app_that_no_longer_names_a_type_hosts_it_no_more()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app, """{"entities":["Cat","Dog"]}""");
        await engine.InvokeAsync(Purr, CancellationToken.None);
        await ActorBench.RegisterAsync(engine, """{"entities":["Dog"]}""");
        Assert.Equal(["PUT", "DELETE"], app.Calls.Select(call => call.Method));
        Assert.Equal("ERR_ACTOR_NO_ADDRESS", (await Assert.ThrowsAsync<DaprApiException>(() => engine.InvokeAsync(Purr, CancellationToken.None))).Error.Code);
    }

    [Fact]
    public async Task A_timer_fires_in_its_actors_turn_until_it_is_told_to_stop()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        app.Answer = (_, _) => Task.FromResult(app.Calls.Count(call => call.Path.Contains("timer", StringComparison.Ordinal)) < 3
            ? FakeApp.Ok()
            : FakeApp.Ok("", ("X-DaprReminderCancel", "true")));
        var engine = await bench.StartAsync(app);
        await engine.InvokeAsync(Purr, CancellationToken.None);
        engine.CreateTimer(new TimerRequest("Cat", "1", "tick", "Tick", "1s", "2s", "", Encoding.UTF8.GetBytes("\"aGk=\"")));
        await bench.AdvanceUntilAsync(TimeSpan.FromSeconds(1), () => bench.Metrics().Contains("dapr_runtime_actor_timers{app_id=\"zoo\",actor_type=\"Cat\"} 0", StringComparison.Ordinal));
        Assert.Equal(
            ("PUT", "/actors/Cat/1/method/timer/tick", """{"callback":"Tick","data":"aGk=","dueTime":"1s","period":"2s"}"""),
            (app.Calls[1].Method, app.Calls[1].Path, app.Calls[1].Body));
        bench.Time.Advance(TimeSpan.FromSeconds(20));
        await engine.InvokeAsync(Purr, CancellationToken.None);
        Assert.Equal(5, app.Calls.Count);
        Assert.Contains("dapr_runtime_actor_timers_fired_total{app_id=\"zoo\",actor_type=\"Cat\",success=\"true\"} 3", bench.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_deleted_timer_is_silent_and_a_timer_needs_an_active_actor()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        var timer = new TimerRequest("Cat", "1", "tick", "Tick", "1s", "", "", default);
        Assert.Equal("ERR_ACTOR_TIMER_CREATE", Assert.Throws<DaprApiException>(() => engine.CreateTimer(timer)).Error.Code);
        await engine.InvokeAsync(Purr, CancellationToken.None);
        engine.CreateTimer(timer);
        engine.DeleteTimer("Cat", "1", "tick");
        engine.DeleteTimer("Cat", "1", "never");
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        await engine.InvokeAsync(Purr, CancellationToken.None);
        Assert.Equal(2, app.Calls.Count);
    }
}
