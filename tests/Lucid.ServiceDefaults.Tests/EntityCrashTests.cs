using System.Text.Json;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults.Entities;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public class EntityCrashTests
{
    private static readonly string[] Ids = ["a", "b", "c"];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_crash_at_any_single_step_of_create_update_and_sweep_loses_no_event(bool afterEffect)
    {
        var crashes = 0;
        for (var step = 0; step < 400; step++)
        {
            var store = new SharedStore();
            var gate = new CrashingGate(step, afterEffect);
            try
            {
                var process = new StateProcess(store, gate: gate);
                await ChangeAsync(process, "a", "1");
                await ChangeAsync(process, "a", "2");
                await ChangeAsync(process, "b", "1");
                await process.SweepAllAsync();
                await ChangeAsync(process, "a", "3");
            }
            catch (SimulatedCrash)
            {
            }

            await AssertNothingIsLostAsync(store);
            if (!gate.IsDead)
            {
                break; // the crash would come after the end: every step has been tried
            }

            crashes++;
        }

        Assert.InRange(crashes, 50, 399);
    }

    [Fact]
    public async Task Random_lives_and_deaths_of_processes_lose_no_event()
    {
        for (var seed = 0; seed < 100; seed++)
        {
            var random = new Random(seed);
            var store = new SharedStore(upsertsVanished: seed % 2 == 0);
            for (var life = 0; life < 5; life++)
            {
                var process = new StateProcess(store, gate: new CrashingGate(random.Next(1, 120), random.Next(2) == 0));
                try
                {
                    for (var n = 0; n < 10; n++)
                    {
                        var id = Ids[random.Next(Ids.Length)];
                        await (random.Next(5) == 0 ? (Task)process.Outbox.SweepAsync(DirtyMarks.SlotOf("ledger:" + id), default) : ChangeAsync(process, id, $"{life}.{n}"));
                    }
                }
                catch (SimulatedCrash)
                {
                }
            }

            await AssertNothingIsLostAsync(store);
        }
    }

    [Fact]
    public async Task Writers_and_sweepers_that_interleave_and_die_lose_no_event()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var store = new SharedStore(upsertsVanished: seed % 2 == 0);
            await ChangeAsync(new StateProcess(store), "a", "first");
            var turnstile = new Turnstile(seed, crashRate: 0.04);
            var runs = new List<Task>();
            var gates = Enumerable.Range(0, 4).Select(_ => turnstile.Join()).ToArray();
            for (var writer = 0; writer < 2; writer++)
            {
                var (gate, name) = (gates[writer], $"w{writer}");
                var process = new StateProcess(store, gate: gate);
                runs.Add(turnstile.RunAsync(gate, async () =>
                {
                    await ChangeAsync(process, "a", name + ".1");
                    await ChangeAsync(process, "b", name + ".2");
                    await ChangeAsync(process, "a", name + ".3");
                }));
            }

            foreach (var gate in gates[2..])
            {
                var process = new StateProcess(store, gate: gate);
                runs.Add(turnstile.RunAsync(gate, async () =>
                {
                    for (var n = 0; n < 3; n++)
                    {
                        await process.Outbox.SweepAsync(DirtyMarks.SlotOf("ledger:a"), default);
                        await process.Outbox.SweepAsync(DirtyMarks.SlotOf("ledger:b"), default);
                    }
                }));
            }

            await Task.WhenAll(runs);
            await AssertNothingIsLostAsync(store);
        }
    }

    [Fact]
    public async Task Events_of_an_aggregate_are_first_published_in_the_order_of_its_changes()
    {
        var store = new SharedStore();
        var process = new StateProcess(store);
        for (var n = 0; n < 20; n++)
        {
            await ChangeAsync(process, "a", n.ToString("D2", null));
        }

        var told = store.Messages.Select(m => m.Data.GetString()).ToArray();
        Assert.Equal(told.Order(), told);
        Assert.Equal(20, told.Length);
    }

    [Fact]
    public async Task A_published_event_leaves_the_document_at_the_next_save()
    {
        var store = new SharedStore();
        var process = new StateProcess(store);
        await ChangeAsync(process, "a", "1");
        Assert.Single(StateJson.Read<EntityDocument>(store.Get("ledger:a")!).Pending);

        await ChangeAsync(process, "a", "2");

        Assert.Equal("2", Assert.Single(StateJson.Read<EntityDocument>(store.Get("ledger:a")!).Pending).Data.GetString());
    }

    [Fact]
    public async Task A_save_over_somebody_elses_change_is_a_conflict_and_tells_nobody()
    {
        var store = new SharedStore();
        var process = new StateProcess(store);
        await ChangeAsync(process, "a", "1");
        var stale = (await process.Ledgers.FindAsync("a", default))!;
        await ChangeAsync(process, "a", "2");

        stale.Value = new Ledger(["lost"]);
        stale.Raise(Topics.Sessions, EventTypes.SessionUpdated, "lost");

        Assert.Equal(SaveOutcome.Conflict, await process.Ledgers.SaveAsync(stale, default));
        Assert.DoesNotContain(store.Messages, m => m.Data.GetString() == "lost");
    }

    [Fact]
    public async Task A_refused_change_is_not_saved()
    {
        var store = new SharedStore();
        var process = new StateProcess(store);
        await ChangeAsync(process, "a", "1");
        var before = store.Get("ledger:a")!.ETag;

        Assert.Equal("refused", await process.Ledgers.UpdateAsync("a", _ => "refused", default));

        Assert.Equal(before, store.Get("ledger:a")!.ETag);
    }

    [Fact]
    public async Task A_delete_publishes_first_and_happens_once()
    {
        var store = new SharedStore();
        await ChangeAsync(new StateProcess(store), "a", "1");
        var other = new StateProcess(store); // does not remember what was published
        var first = (await other.Ledgers.FindAsync("a", default))!;
        var second = (await other.Ledgers.FindAsync("a", default))!;

        Assert.Equal(SaveOutcome.Saved, await other.Ledgers.DeleteAsync(first, default));
        Assert.Equal(SaveOutcome.Conflict, await other.Ledgers.DeleteAsync(second, default));
        Assert.Equal(2, store.Messages.Count);
    }

    private static Task<bool> ChangeAsync(StateProcess process, string id, string entry) => process.Ledgers.UpsertAsync(
        id,
        () => new Ledger([]),
        ledger =>
        {
            ledger.Value = new Ledger([.. ledger.Value.Entries, entry]);
            ledger.Raise(Topics.Sessions, EventTypes.SessionUpdated, entry);
            return true;
        },
        CancellationToken.None);

    private static async Task AssertNothingIsLostAsync(SharedStore store)
    {
        var heir = new StateProcess(store);
        await heir.SweepAllAsync();
        var (listed, _) = await heir.Catalogue.ReadAsync(0, default);
        var held = new List<string>();
        foreach (var key in store.Keys.Where(k => k.StartsWith("ledger:", StringComparison.Ordinal)))
        {
            var id = key["ledger:".Length..];
            Assert.Contains(id, listed);
            var document = StateJson.Read<EntityDocument>(store.Get(key)!);
            Assert.Empty(document.Pending);
            held.AddRange(document.Data.Deserialize<Ledger>(StateJson.Options)!.Entries.Select(entry => $"{id}/{entry}"));
        }

        // Everything held was told, and nothing was told that is not held.
        Assert.Equal(held.Distinct().Order(), store.Messages.Select(m => $"{m.Key}/{m.Data.GetString()}").Distinct().Order());
        var marked = Enumerable.Range(0, DirtyMarks.SlotCount).Select(slot => store.Get(DirtyMarks.SlotKey(slot))).OfType<StateItem>()
            .SelectMany(item => StateJson.Read<DirtySlot>(item).Marks.Keys);
        Assert.All(marked, key => Assert.Null(store.Get(key))); // only a key whose document was never written may stay marked
    }
}
