using System.Text.Json;
using Lucid.Contracts;
using Lucid.Contracts.Access;
using Lucid.Contracts.Events;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Services;
using Lucid.Contracts.Sessions;
using Lucid.StorageDatabase.Domain;
using Lucid.StorageDatabase.Rebuilding;
using Lucid.StorageDatabase.Tests.Support;
using static Lucid.StorageDatabase.Tests.Support.SessionBuilder;

namespace Lucid.StorageDatabase.Tests;

public sealed class RebuildTests
{
    private const string Owner = AppIds.SessionPipeline;

    [Fact]
    public async Task A_new_database_is_filled_at_start_and_equals_one_built_from_events()
    {
        var sessions = Enumerable.Range(0, 60)
            .Select(i => Session(i, user: 1 + (i % 3), name: $"n {i:d2}", version: 1 + (i % 4), tags: [$"t{i % 5}"], state: i % 7 == 0 ? SessionStates.Deleted : SessionStates.Completed))
            .ToList();
        await using var byEvents = await TestService.StartAsync();
        foreach (var session in sessions.AsEnumerable().Reverse())
        {
            var type = session.State == SessionStates.Deleted ? EventTypes.SessionDeleted : EventTypes.SessionCompleted;
            Assert.Equal(200, (await byEvents.DeliverAsync(type, new SessionNotice(session), session.SessionId)).Status);
        }

        await using var byCatalogue = await TestService.StartAsync(sidecar => Serve(sidecar, sessions, pageSize: 25));
        var model = byCatalogue.Get<IReadModel>();
        await byCatalogue.UntilAsync(() => model.IsCompleteAsync(Owner, default));

        await SqliteReadModelTests.AssertSameAsync(byEvents.Get<IReadModel>(), model);
        Assert.Equal(51, (await byCatalogue.QueryAsync(new ReadQuery(), Id(1), "admin")).Total);
    }

    [Fact]
    public async Task Every_owner_is_asked_and_one_that_fails_does_not_keep_the_others_back()
    {
        await using var service = await TestService.StartAsync(sidecar =>
        {
            foreach (var owner in AllowMatrix.CatalogueOwners)
            {
                sidecar.Catalogues[(owner, 0)] = (403, null);
            }

            Serve(sidecar, [Session(10)], pageSize: 5);
        });

        await service.UntilAsync(async () => (await service.QueryAsync(new ReadQuery(), Id(1))).Total == 1 && AllowMatrix.CatalogueOwners.All(service.Sidecar.Asked.Contains));

        Assert.False(await service.Get<IReadModel>().IsCompleteAsync(AppIds.NodeManagement, default));
    }

    [Fact]
    public async Task A_copy_cut_off_between_pages_keeps_what_it_has_and_finishes_the_next_time()
    {
        await using var service = await TestService.StartAsync();
        var (rebuilder, model) = (service.Get<Rebuilder>(), service.Get<IReadModel>());
        Serve(service.Sidecar, [.. Enumerable.Range(0, 10).Select(i => Session(i))], pageSize: 5);
        var second = service.Sidecar.Catalogues[(Owner, 1)];
        service.Sidecar.Catalogues[(Owner, 1)] = (403, null);

        Assert.Equal(CatalogueOutcome.Unavailable, await rebuilder.CopyAsync(Owner, default));
        Assert.Equal(5, (await service.QueryAsync(new ReadQuery(), Id(1))).Total);
        Assert.False(await model.IsCompleteAsync(Owner, default));

        service.Sidecar.Catalogues[(Owner, 1)] = second;
        Assert.Equal(CatalogueOutcome.Complete, await rebuilder.CopyAsync(Owner, default));
        Assert.Equal(10, (await service.QueryAsync(new ReadQuery(), Id(1))).Total);
        Assert.True(await model.IsCompleteAsync(Owner, default));
    }

    [Fact]
    public async Task The_command_compares_again_and_an_older_catalogue_takes_nothing_back()
    {
        await using var service = await TestService.StartAsync();
        await service.UntilAsync(() => Task.FromResult(AllowMatrix.CatalogueOwners.All(service.Sidecar.Asked.Contains)));
        await service.DeliverAsync(EventTypes.SessionStarted, new SessionNotice(Session(10, name: "newer", version: 5)));
        Serve(service.Sidecar, [Session(10, name: "older", version: 4), Session(11, name: "missed", version: 2)], pageSize: 5);

        using var client = service.Client(caller: null);
        Assert.Equal(System.Net.HttpStatusCode.Accepted, (await client.PostAsync("/internal/self/rebuild", null)).StatusCode);
        await service.UntilAsync(async () => (await service.QueryAsync(new ReadQuery(), Id(1))).Total == 2);

        var page = await service.QueryAsync(new ReadQuery(Sort: "name", Descending: false), Id(1));
        Assert.Equal(["missed", "newer"], page.Items.Select(item => item.Text("name")));
        Assert.Equal([2L, 5L], page.Items.Select(item => item.GetProperty("version").GetInt64()));
    }

    [Fact]
    public async Task A_document_that_cannot_be_read_or_belongs_to_no_view_is_left_out()
    {
        await using var service = await TestService.StartAsync();
        var good = Entry(Session(10));
        service.Sidecar.Catalogues[(Owner, 0)] = (200, new CataloguePage(Views.Sessions, [good with { Document = JsonElement.Parse("{}") }, good], 1));
        service.Sidecar.Catalogues[(Owner, 1)] = (200, new CataloguePage("unknown", [good with { Id = "x" }], null));

        Assert.Equal(CatalogueOutcome.Complete, await service.Get<Rebuilder>().CopyAsync(Owner, default));
        Assert.Equal(1, (await service.QueryAsync(new ReadQuery(), Id(1))).Total);
    }

    [Fact]
    public async Task A_catalogue_that_leads_in_a_circle_is_left()
    {
        await using var service = await TestService.StartAsync();
        service.Sidecar.Catalogues[(Owner, 0)] = (200, new CataloguePage(Views.Sessions, [Entry(Session(10))], 1));
        service.Sidecar.Catalogues[(Owner, 1)] = (200, new CataloguePage(Views.Sessions, [], 0));

        Assert.Equal(CatalogueOutcome.Unavailable, await service.Get<Rebuilder>().CopyAsync(Owner, default));
    }

    // As the pipeline serves it: the document shows no version, the entry does.
    private static CatalogueEntry Entry(SessionView session) =>
        new(session.SessionId, session.Version, JsonSerializer.SerializeToElement(session with { Version = 0 }, JsonDefaults.Tolerant));

    private static void Serve(FakeSidecar sidecar, IReadOnlyList<SessionView> sessions, int pageSize)
    {
        var pages = sessions.Chunk(pageSize).ToList();
        for (var i = 0; i < pages.Count; i++)
        {
            sidecar.Catalogues[(Owner, i)] = (200, new CataloguePage(Views.Sessions, [.. pages[i].Select(Entry)], i + 1 < pages.Count ? i + 1 : null));
        }
    }
}
