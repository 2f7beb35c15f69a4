using System.Text;
using Lucid.Sidecar.Actors;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Actors;

public sealed class ActorStateTests
{
    private static readonly ActorRequest Purr = new("Cat", "1", "Purr");

    [Fact]
    public async Task State_is_kept_under_app_type_id_and_key()
    {
        await using var bench = new ActorBench();
        var engine = await bench.StartAsync(new FakeApp());
        await engine.InvokeAsync(Purr, CancellationToken.None);
        await engine.TransactAsync("Cat", "1", [new("n", "1"u8.ToArray()), new("m", "\"x\""u8.ToArray(), TimeSpan.FromSeconds(5))], CancellationToken.None);
        Assert.Equal("1", bench.Store.Text("zoo||Cat||1||n"));
        var mortal = await engine.GetStateAsync("Cat", "1", "m", CancellationToken.None);
        Assert.Equal("\"x\"", Encoding.UTF8.GetString(mortal!.Data.Span));
        Assert.Equal(bench.Time.GetUtcNow() + TimeSpan.FromSeconds(5), mortal.ExpiresAt);
        await engine.TransactAsync("Cat", "1", [new("n", null)], CancellationToken.None);
        Assert.Null(await engine.GetStateAsync("Cat", "1", "n", CancellationToken.None));
        bench.Time.Advance(TimeSpan.FromSeconds(5));
        Assert.Null(await engine.GetStateAsync("Cat", "1", "m", CancellationToken.None));
    }

    [Fact]
    public async Task A_transaction_needs_an_instance_that_is_active_in_this_sidecar()
    {
        await using var bench = new ActorBench();
        var engine = await bench.StartAsync(new FakeApp());
        var neighbour = await bench.StartAsync(new FakeApp(), config: null, appId: "visitor");
        Assert.Equal(("ERR_ACTOR_INSTANCE_MISSING", 400), await RefusedAsync(engine));
        await engine.InvokeAsync(Purr, CancellationToken.None);
        Assert.Equal(("ERR_ACTOR_INSTANCE_MISSING", 400), await RefusedAsync(neighbour));
        await engine.TransactAsync("Cat", "1", [], CancellationToken.None);
        Assert.Empty(bench.Store.Data);
    }

    [Fact]
    public async Task Without_a_marked_store_state_and_reminders_are_refused_and_calls_work()
    {
        await using var bench = new ActorBench();
        var engine = await bench.StartAsync(new FakeApp(), withStore: false);
        await engine.InvokeAsync(Purr, CancellationToken.None);
        Assert.Equal(("ERR_ACTOR_RUNTIME_NOT_FOUND", 500), await RefusedAsync(engine));
        Assert.Equal("ERR_ACTOR_RUNTIME_NOT_FOUND", (await Assert.ThrowsAsync<DaprApiException>(() => engine.GetStateAsync("Cat", "1", "n", CancellationToken.None))).Error.Code);
        var reminder = new ReminderRequest("Cat", "1", "r", "1s", "", "", default);
        Assert.Equal("ERR_ACTOR_RUNTIME_NOT_FOUND", (await Assert.ThrowsAsync<DaprApiException>(() => engine.CreateReminderAsync(reminder, CancellationToken.None))).Error.Code);
    }

    [Fact]
    public async Task A_store_that_fails_is_reported()
    {
        await using var bench = new ActorBench();
        var engine = await bench.StartAsync(new FakeApp());
        await engine.InvokeAsync(Purr, CancellationToken.None);
        bench.Store.Fails = _ => true;
        Assert.Equal(("ERR_ACTOR_STATE_TRANSACTION_SAVE", 500), await RefusedAsync(engine));
        Assert.Equal("ERR_ACTOR_STATE_GET", (await Assert.ThrowsAsync<DaprApiException>(() => engine.GetStateAsync("Cat", "1", "n", CancellationToken.None))).Error.Code);
        bench.Store.Fails = _ => false;
    }

    [Fact]
    public async Task A_marked_store_without_transactions_stops_the_start()
    {
        await using var bench = new ActorBench { Store = new MemoryStore(TimeProvider.System) { IsTransactional = false } };
        var failure = await Assert.ThrowsAsync<InvalidOperationException>(() => bench.StartAsync(new FakeApp()));
        Assert.Contains("has no transactions", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<(string Code, int Status)> RefusedAsync(ActorEngine engine)
    {
        var refusal = await Assert.ThrowsAsync<DaprApiException>(() => engine.TransactAsync("Cat", "1", [new("n", "1"u8.ToArray())], CancellationToken.None));
        return (refusal.Error.Code, refusal.Error.HttpStatus);
    }
}
