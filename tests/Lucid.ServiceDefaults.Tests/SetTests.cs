using System.Net.Http.Json;
using Lucid.Contracts.ReadModel;
using Lucid.ServiceDefaults.Entities;
using Lucid.ServiceDefaults.Tests.Example;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public class SetTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task A_catalogue_pages_by_500_and_lists_every_id_once_and_in_order_under_concurrency()
    {
        var store = new SharedStore();
        var process = new StateProcess(store);
        var ids = Enumerable.Range(0, 1203).Select(n => n.ToString("D4", null)).ToArray();
        await Task.WhenAll(ids.Select(id => process.Catalogue.AppendAsync(id, None)));
        await process.Catalogue.AppendAsync(ids[^1], None); // again

        var listed = new List<string>();
        var more = true;
        for (var page = 0; more; page++)
        {
            (var found, more) = await process.Catalogue.ReadAsync(page, None);
            Assert.InRange(found.Count, 0, 500);
            listed.AddRange(found);
        }

        Assert.Equal(ids, listed.Order());
    }

    [Fact]
    public async Task Two_processes_append_without_losing_ids()
    {
        for (var seed = 0; seed < 30; seed++)
        {
            var store = new SharedStore();
            var turnstile = new Turnstile(seed, crashRate: 0);
            var gates = new[] { turnstile.Join(), turnstile.Join() };
            await Task.WhenAll(gates.Select((gate, n) => turnstile.RunAsync(gate, async () =>
            {
                var process = new StateProcess(store, gate: gate);
                for (var i = 0; i < 5; i++)
                {
                    await process.Catalogue.AppendAsync($"{n}.{i}", None);
                }
            })));
            Assert.Equal(10, (await new StateProcess(store).Catalogue.ReadAsync(0, None)).Ids.Distinct().Count());
        }
    }

    [Fact]
    public async Task The_catalogue_endpoint_gives_documents_and_skips_ids_without_one()
    {
        await using var service = await TestService.StartAsync();
        var notes = service.Services.GetRequiredService<EntityStore<Note>>();
        await notes.SaveAsync(notes.New("one", new Note(Guid.Empty, "1", false, ProcessedEvents.None)), None);
        await notes.Catalogue!.AppendAsync("never-written", None);
        await notes.SaveAsync(notes.New("two", new Note(Guid.Empty, "2", false, ProcessedEvents.None)), None);

        using var client = service.Client(AppIds.StorageDatabase);
        var page = await client.GetFromJsonAsync<CataloguePage>("/internal/v1/catalogue?page=0", JsonDefaults.Tolerant);
        Assert.Equal(["one", "two"], page!.Entries.Select(e => e.Id));
        Assert.Equal(("notes", null), (page.View, page.Next));
        Assert.Equal(1, page.Entries[0].Version);
        await (await client.GetAsync("/internal/v1/catalogue?page=1000000")).AssertErrorAsync(System.Net.HttpStatusCode.BadRequest, "1004", "page_out_of_range");
    }

    [Fact]
    public async Task A_unique_value_has_one_owner_until_he_releases_it()
    {
        var keys = new UniqueKeys(new StateProcess(new SharedStore()), TimeProvider.System);
        var owners = await Task.WhenAll(Enumerable.Range(0, 20).Select(n => keys.ClaimAsync("email", "a@b|c", $"o{n}", None)));
        var owner = Assert.Single(owners.Distinct());
        Assert.Equal(owner, await keys.ClaimAsync("email", "a@b|c", owner, None));
        Assert.False(await keys.ReleaseAsync("email", "a@b|c", "other", None));
        Assert.True(await keys.ReleaseAsync("email", "a@b|c", owner, None));
        Assert.Null(await keys.FindAsync("email", "a@b|c", None));
    }

    [Fact]
    public async Task A_single_use_thing_goes_to_one_taker_and_not_after_its_time()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var store = new SharedStore();
            Assert.True(await new SingleUse(new StateProcess(store), TimeProvider.System).PutAsync("ticket", "t", "gold", TimeSpan.FromMinutes(1), None));
            var turnstile = new Turnstile(seed, crashRate: 0);
            var gates = Enumerable.Range(0, 3).Select(_ => turnstile.Join()).ToArray();
            var got = new List<string?>();
            await Task.WhenAll(gates.Select(gate => turnstile.RunAsync(gate, async () =>
            {
                var value = await new SingleUse(new StateProcess(store, gate: gate), TimeProvider.System).ConsumeAsync<string>("ticket", "t", None);
                lock (got)
                {
                    got.Add(value);
                }
            })));
            Assert.Equal("gold", Assert.Single(got.OfType<string>()));
        }

        var clock = new SettableClock();
        var late = new SingleUse(new StateProcess(new SharedStore()), clock);
        await late.PutAsync("ticket", "t", "gold", TimeSpan.FromMinutes(1), None);
        Assert.False(await late.PutAsync("ticket", "t", "again", TimeSpan.FromMinutes(1), None));
        clock.Advance(TimeSpan.FromSeconds(61));
        Assert.Null(await late.ConsumeAsync<string>("ticket", "t", None));
    }

    [Fact]
    public async Task Due_work_is_claimed_when_due_by_one_and_again_when_the_lease_runs_out()
    {
        var clock = new SettableClock();
        var store = new SharedStore();
        var due = new DueBuckets(new StateProcess(store), clock);
        await due.AddAsync("q", "soon", clock.GetUtcNow().AddMinutes(5), None);
        await due.AddAsync("q", "now", clock.GetUtcNow().AddDays(-1), None);

        Assert.Equal("now", Assert.Single(await due.ClaimAsync("q", 10, TimeSpan.FromMinutes(1), None)).Id);
        Assert.Empty(await due.ClaimAsync("q", 10, TimeSpan.FromMinutes(1), None));

        clock.Advance(TimeSpan.FromMinutes(6));
        var claimed = await due.ClaimAsync("q", 10, TimeSpan.FromMinutes(1), None);
        Assert.Equal(["now", "soon"], claimed.Select(c => c.Id));
        foreach (var item in claimed)
        {
            await due.CompleteAsync("q", item, None);
        }

        clock.Advance(TimeSpan.FromDays(3)); // a long stand-still is caught up with
        Assert.Empty(await due.ClaimAsync("q", 10, TimeSpan.FromMinutes(1), None));
        await due.AddAsync("q", "later", clock.GetUtcNow(), None);
        Assert.Equal("later", Assert.Single(await due.ClaimAsync("q", 10, TimeSpan.FromMinutes(1), None)).Id);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Due_work_survives_the_death_of_its_claimer_at_any_step(bool afterEffect)
    {
        for (var step = 0; step < 40; step++)
        {
            var clock = new SettableClock();
            var store = new SharedStore();
            await new DueBuckets(new StateProcess(store), clock).AddAsync("q", "x", clock.GetUtcNow(), None);
            var worked = false;
            try
            {
                var mortal = new DueBuckets(new StateProcess(store, gate: new CrashingGate(step, afterEffect)), clock);
                foreach (var item in await mortal.ClaimAsync("q", 10, TimeSpan.FromMinutes(1), None))
                {
                    worked = true;
                    await mortal.CompleteAsync("q", item, None);
                }
            }
            catch (SimulatedCrash)
            {
            }

            clock.Advance(TimeSpan.FromHours(5));
            var found = await new DueBuckets(new StateProcess(store), clock).ClaimAsync("q", 10, TimeSpan.FromMinutes(1), None);
            Assert.True(worked || found.Any(item => item.Id == "x"), $"lost at step {step}");
        }
    }

    [Fact]
    public async Task A_bounded_set_never_grows_over_its_capacity_and_loses_no_written_member()
    {
        var clock = new SettableClock();
        var sets = new MemberSets(new StateProcess(new SharedStore()), clock);
        var written = new HashSet<string>();
        Task<bool> Exists(string member, CancellationToken token) => Task.FromResult(written.Contains(member));
        Task<ReserveOutcome> Reserve(string member) => sets.ReserveAsync("sessions", "u", member, 3, TimeSpan.FromMinutes(1), Exists, None);

        Assert.Equal(ReserveOutcome.Reserved, await Reserve("confirmed"));
        Assert.True(await sets.ConfirmAsync("sessions", "u", "confirmed", None));
        Assert.Equal(ReserveOutcome.Reserved, await Reserve("written-not-confirmed"));
        written.Add("written-not-confirmed");
        Assert.Equal(ReserveOutcome.Reserved, await Reserve("never-written"));
        Assert.Equal(ReserveOutcome.AlreadyMember, await Reserve("confirmed"));
        Assert.Equal(ReserveOutcome.Full, await Reserve("fourth"));

        clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(ReserveOutcome.Reserved, await Reserve("fourth"));
        Assert.Equal(["confirmed", "fourth", "written-not-confirmed"], (await sets.ListAsync("sessions", "u", None)).Order());
        Assert.False(await sets.ConfirmAsync("sessions", "u", "never-written", None));
        Assert.Equal(ReserveOutcome.Full, await Reserve("fifth"));
        await sets.RemoveAsync("sessions", "u", "confirmed", None);
        Assert.Equal(ReserveOutcome.Reserved, await Reserve("fifth"));
    }

    [Fact]
    public void Processed_events_are_remembered_up_to_a_bound()
    {
        var seen = Enumerable.Range(0, 300).Aggregate(ProcessedEvents.None, (current, n) => current.With($"e{n}"));
        Assert.Equal(256, seen.Ids.Count);
        Assert.True(seen.Contains("e299"));
        Assert.False(seen.Contains("e0"));
        Assert.Same(seen, seen.With("e299"));
    }
}
