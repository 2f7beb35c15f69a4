using System.Net;
using System.Text;
using Lucid.Sidecar.Actors;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Actors;

public sealed class ReminderTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task A_one_shot_fires_once_with_its_data_as_given_and_is_gone()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "r", "0h0m0s200ms", data: "\"aGk=\"");
        Assert.Equal("200", (await engine.GetReminderAsync("Cat", "1", "r", CancellationToken.None)).DueTime[^5..^2]);
        Assert.Empty(app.Calls);
        await bench.AdvanceUntilAsync(TimeSpan.FromMilliseconds(100), () => bench.Store.Data.IsEmpty);
        var call = Assert.Single(app.Calls);
        Assert.Equal(("PUT", "/actors/Cat/1/method/remind/r", """{"data":"aGk=","dueTime":"0h0m0s200ms","period":""}"""), (call.Method, call.Path, call.Body));
        Assert.Equal("application/json", call.Header("Content-Type"));
        bench.Time.Advance(TimeSpan.FromMinutes(30));
        await MissingAsync(engine, "r");
        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task Repetitions_fire_that_often()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "r", "1s", "R5/PT1M");
        await bench.AdvanceUntilAsync(Second, () => bench.Store.Data.IsEmpty);
        Assert.Equal(5, app.Calls.Count);
        Assert.Contains("dapr_runtime_actor_reminders_fired_total{app_id=\"zoo\",actor_type=\"Cat\",success=\"true\"} 5", bench.Metrics(), StringComparison.Ordinal);
        Assert.Contains("dapr_runtime_actor_reminders{app_id=\"zoo\",actor_type=\"Cat\"} 0", bench.Metrics(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_life_time_ends_the_series()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "r", "10s", "10s", ttl: "15s");
        Assert.NotNull((await engine.GetReminderAsync("Cat", "1", "r", CancellationToken.None)).ExpiresAt);

        // Due at 10 and 20 s, over at 25: time moves on only when a firing has been seen.
        bench.Time.Advance(10 * Second);
        await ActorBench.UntilAsync(() => app.Calls.Count == 1);
        bench.Time.Advance(10 * Second);
        await ActorBench.UntilAsync(() => app.Calls.Count == 2);
        await bench.AdvanceUntilAsync(Second, () => bench.Store.Data.IsEmpty);
        Assert.Equal(2, app.Calls.Count);
    }

    [Fact]
    public async Task A_deleted_reminder_fires_no_more_even_when_it_waits_for_its_turn()
    {
        await using var bench = new ActorBench();
        var release = new TaskCompletionSource();
        var app = new FakeApp
        {
            Answer = async (_, _) =>
            {
                await release.Task;
                return FakeApp.Ok();
            },
        };
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "never", "1h");
        await CreateAsync(engine, "waits", "1s");
        var busy = engine.InvokeAsync(new ActorRequest("Cat", "1", "Busy"), CancellationToken.None);
        bench.Time.Advance(Second);
        await ActorBench.UntilAsync(() => bench.Metrics().Contains("pending_actor_calls{app_id=\"zoo\",actor_type=\"Cat\"} 1", StringComparison.Ordinal));
        await engine.DeleteReminderAsync("Cat", "1", "waits", CancellationToken.None);
        await engine.DeleteReminderAsync("Cat", "1", "never", CancellationToken.None);
        await engine.DeleteReminderAsync("Cat", "1", "unknown", CancellationToken.None);
        release.SetResult();
        await busy;
        bench.Time.Advance(TimeSpan.FromHours(2));
        await engine.InvokeAsync(new ActorRequest("Cat", "1", "Busy"), CancellationToken.None);
        Assert.All(app.Calls, call => Assert.EndsWith("/Busy", call.Path, StringComparison.Ordinal));
        Assert.Empty(bench.Store.Data);
    }

    [Fact]
    public async Task A_new_registration_replaces_the_old_unless_told_not_to()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "r", "10s", data: "1");
        await CreateAsync(engine, "r", "20s", data: "2");
        var refusal = await Assert.ThrowsAsync<DaprApiException>(() =>
            engine.CreateReminderAsync(new ReminderRequest("Cat", "1", "r", "30s", "", "", "3"u8.ToArray(), Overwrite: false), CancellationToken.None));
        Assert.Equal(("ERR_ACTOR_REMINDER_ALREADY_EXISTS", 409), (refusal.Error.Code, refusal.Error.HttpStatus));
        await bench.AdvanceUntilAsync(Second, () => bench.Store.Data.IsEmpty);
        Assert.Contains("\"data\":2", Assert.Single(app.Calls).Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("dueTime", "soon", "", "")]
    [InlineData("period", "1s", "R0/PT1S", "")]
    [InlineData("TTL", "1s", "", "x")]
    public async Task Times_that_are_not_understood_are_refused(string _, string dueTime, string period, string ttl)
    {
        await using var bench = new ActorBench();
        var engine = await bench.StartAsync(new FakeApp());
        var refusal = await Assert.ThrowsAsync<DaprApiException>(() => CreateAsync(engine, "r", dueTime, period, ttl: ttl));
        Assert.Equal(("ERR_ACTOR_REMINDER_CREATE", 500), (refusal.Error.Code, refusal.Error.HttpStatus));
        Assert.Empty(bench.Store.Data);
    }

    [Fact]
    public async Task Only_an_app_that_hosts_the_type_may_touch_its_reminders()
    {
        await using var bench = new ActorBench();
        await bench.StartAsync(new FakeApp());
        var visitor = await bench.StartAsync(new FakeApp(), config: null, appId: "visitor");
        foreach (var action in new[]
        {
            () => CreateAsync(visitor, "r", "1s"),
            () => visitor.GetReminderAsync("Cat", "1", "r", CancellationToken.None),
            () => visitor.DeleteReminderAsync("Cat", "1", "r", CancellationToken.None),
        })
        {
            var refusal = await Assert.ThrowsAsync<DaprApiException>(action);
            Assert.Equal(("ERR_ACTOR_REMINDER_NON_HOSTED", 403), (refusal.Error.Code, refusal.Error.HttpStatus));
        }
    }

    [Fact]
    public async Task A_name_with_a_slash_is_refused()
    {
        await using var bench = new ActorBench();
        var engine = await bench.StartAsync(new FakeApp());
        Assert.Equal(400, (await Assert.ThrowsAsync<DaprApiException>(() => CreateAsync(engine, "a/b", "1s"))).Error.HttpStatus);
    }

    [Fact]
    public async Task A_failed_firing_is_repeated_and_the_actor_may_end_the_series()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        app.Answer = (_, _) => Task.FromResult(app.Calls.Count switch
        {
            < 4 => FakeApp.Status(HttpStatusCode.InternalServerError),
            4 => FakeApp.Ok(),
            _ => FakeApp.Ok("", ("X-DaprReminderCancel", "true")),
        });
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "r", "1s", "1h");
        await bench.AdvanceUntilAsync(Second, () => app.Calls.Count == 4);
        await bench.AdvanceUntilAsync(TimeSpan.FromMinutes(10), () => bench.Store.Data.IsEmpty);
        Assert.Equal(5, app.Calls.Count(call => call.Method == "PUT"));
    }

    [Fact]
    public async Task A_reminder_that_comes_due_while_the_app_is_down_fires_when_it_is_back()
    {
        await using var bench = new ActorBench();
        var down = true;
        var app = new FakeApp { Answer = (_, _) => down ? throw new HttpRequestException("refused") : Task.FromResult(FakeApp.Ok()) };
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "r", "1s");
        engine.NotifyAppRestarted();
        await bench.AdvanceUntilAsync(TimeSpan.FromSeconds(5), () => app.Calls.Count >= 8);
        down = false;
        await ActorBench.RegisterAsync(engine, ActorBench.OneType);
        await ActorBench.UntilAsync(() => bench.Store.Data.IsEmpty);
    }

    [Fact]
    public async Task After_a_kill_every_reminder_is_armed_again_and_overdue_ones_fire_once()
    {
        await using var bench = new ActorBench();
        var before = new FakeApp();
        var killed = await bench.StartAsync(before);
        for (var number = 0; number < 200; number++)
        {
            await CreateAsync(killed, $"r{number}", number % 2 == 0 ? "1h" : "10h", id: $"id{number % 7}");
        }

        await CreateAsync(killed, "periodic", "1m", "1m");
        bench.Forget(killed);
        before.Answer = (_, _) => throw new HttpRequestException("killed");
        await using var after = new ActorBench { Store = bench.Store };
        after.Time.SetUtcNow(bench.Time.GetUtcNow() + TimeSpan.FromHours(2));
        var app = new FakeApp();
        var engine = await after.StartAsync(app);
        await ActorBench.UntilAsync(() => app.Calls.Count == 101);
        await ActorBench.UntilAsync(() => after.Metrics().Contains("dapr_runtime_actor_reminders{app_id=\"zoo\",actor_type=\"Cat\"} 101", StringComparison.Ordinal));
        Assert.Single(app.Calls, call => call.Path.EndsWith("periodic", StringComparison.Ordinal));
        Assert.Equal(101, app.Calls.Select(call => call.Path).Distinct().Count());
        await engine.DeleteReminderAsync("Cat", "1", "periodic", CancellationToken.None);
        after.Time.Advance(TimeSpan.FromHours(9));
        await ActorBench.UntilAsync(() => bench.Store.Data.IsEmpty);
        Assert.Equal(201, app.Calls.Count(call => call.Method == "PUT"));
    }

    [Fact]
    public async Task A_crash_between_firing_and_writing_it_down_repeats_the_firing()
    {
        await using var bench = new ActorBench();
        var first = new FakeApp();
        var crashing = await bench.StartAsync(first);
        await CreateAsync(crashing, "r", "1s");
        var crashed = false;
        bench.Store.Fails = operation => crashed |= operation.StartsWith("delete", StringComparison.Ordinal);
        bench.Time.Advance(Second);
        await ActorBench.UntilAsync(() => crashed);
        Assert.Single(first.Calls);
        bench.Forget(crashing);
        await using var after = new ActorBench { Store = bench.Store };
        after.Time.SetUtcNow(bench.Time.GetUtcNow());
        bench.Store.Fails = _ => false;
        var second = new FakeApp();
        await after.StartAsync(second);
        await ActorBench.UntilAsync(() => bench.Store.Data.IsEmpty);
        Assert.Single(second.Calls);
    }

    [Fact]
    public async Task A_firing_that_cannot_be_written_down_is_not_repeated_while_the_process_lives()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "r", "1s");
        var refused = 0;
        bench.Store.Fails = operation => operation.StartsWith("delete", StringComparison.Ordinal) && ++refused < 4;
        await bench.AdvanceUntilAsync(Second, () => bench.Store.Data.IsEmpty);
        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task A_store_that_is_down_at_start_loses_nothing()
    {
        await using var bench = new ActorBench();
        var killed = await bench.StartAsync(new FakeApp());
        await CreateAsync(killed, "old", "1h");
        bench.Forget(killed);
        await using var after = new ActorBench { Store = bench.Store };
        after.Time.SetUtcNow(bench.Time.GetUtcNow());
        bench.Store.Fails = _ => true;
        var app = new FakeApp();
        var engine = await after.StartAsync(app);
        var refusal = await Assert.ThrowsAsync<DaprApiException>(() => CreateAsync(engine, "new", "1h"));
        Assert.Equal("ERR_ACTOR_REMINDER_CREATE", refusal.Error.Code);
        bench.Store.Fails = _ => false;
        await CreateAsync(engine, "new", "1h");
        await after.AdvanceUntilAsync(TimeSpan.FromMinutes(1), () => bench.Store.Data.IsEmpty);
        Assert.Equal(["/actors/Cat/1/method/remind/new", "/actors/Cat/1/method/remind/old"], app.Calls.Select(call => call.Path).Order());
    }

    [Fact]
    public async Task A_refused_registration_leaves_the_old_reminder_as_it_was()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        await CreateAsync(engine, "r", "10s", data: "1");
        bench.Store.Fails = operation => operation.StartsWith("set", StringComparison.Ordinal);
        await Assert.ThrowsAsync<DaprApiException>(() => CreateAsync(engine, "r", "1h", data: "2"));
        bench.Store.Fails = _ => false;
        await bench.AdvanceUntilAsync(Second, () => bench.Store.Data.IsEmpty);
        Assert.Contains("\"data\":1", Assert.Single(app.Calls).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_firing_that_runs_when_the_sidecar_stops_is_written_down()
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
        await CreateAsync(engine, "runs", "1s");
        await CreateAsync(engine, "later", "1h");
        bench.Time.Advance(Second);
        await ActorBench.UntilAsync(() => app.Calls.Count == 1);
        var stopping = engine.StopAsync(CancellationToken.None);
        Assert.False(stopping.IsCompleted);
        release.SetResult();
        await stopping;
        Assert.DoesNotContain(bench.Store.Data.Keys, key => key.EndsWith("||runs", StringComparison.Ordinal));
        Assert.Contains(bench.Store.Data.Keys, key => key.EndsWith("||later", StringComparison.Ordinal));
    }

    [Fact]
    public async Task When_the_replica_that_keeps_the_reminders_stops_another_takes_over()
    {
        await using var bench = new ActorBench();
        var (one, two) = (new FakeApp(), new FakeApp());
        var first = await bench.StartAsync(one, port: 3500);
        var second = await bench.StartAsync(two, port: 3501);
        await CreateAsync(second, "r", "10s");
        await first.StopAsync(CancellationToken.None);
        Assert.NotNull(await second.GetReminderAsync("Cat", "1", "r", CancellationToken.None));
        await bench.AdvanceUntilAsync(Second, () => bench.Store.Data.IsEmpty);
        Assert.Empty(one.Calls);
        Assert.Single(two.Calls);
        Assert.Contains("dapr_runtime_actor_reminders{app_id=\"zoo\",actor_type=\"Cat\"} 0", bench.Metrics(), StringComparison.Ordinal);
    }

    private static Task CreateAsync(ActorEngine engine, string name, string dueTime, string period = "", string ttl = "", string data = "", string id = "1") =>
        engine.CreateReminderAsync(new ReminderRequest("Cat", id, name, dueTime, period, ttl, Encoding.UTF8.GetBytes(data)), CancellationToken.None);

    private static async Task MissingAsync(ActorEngine engine, string name)
    {
        var refusal = await Assert.ThrowsAsync<DaprApiException>(() => engine.GetReminderAsync("Cat", "1", name, CancellationToken.None));
        Assert.Equal(("ERR_ACTOR_REMINDER_NOT_FOUND", 404), (refusal.Error.Code, refusal.Error.HttpStatus));
    }
}
