using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Lucid.Contracts.Events;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Services;
using Lucid.Contracts.Sessions;
using Lucid.StorageDatabase.Domain;
using Lucid.StorageDatabase.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using static Lucid.StorageDatabase.Tests.Support.SessionBuilder;

namespace Lucid.StorageDatabase.Tests;

public sealed class ServiceTests
{
    [Fact]
    public async Task A_session_event_is_listed_for_its_owner_and_for_administrators_only()
    {
        await using var service = await TestService.StartAsync();
        Assert.Equal(200, (await service.DeliverAsync(EventTypes.SessionCreated, new SessionNotice(Session(10, user: 1, name: "mine")))).Status);
        Assert.Equal(200, (await service.DeliverAsync(EventTypes.SessionCreated, new SessionNotice(Session(11, user: 2, name: "theirs")))).Status);

        var mine = await service.QueryAsync(new ReadQuery(), Id(1));
        Assert.Equal("mine", mine.Items.Single().Text("name"));
        Assert.Equal((1L, 0L), (mine.Total, mine.LagMs));
        Assert.Equal(0, (await service.QueryAsync(new ReadQuery(Filters: new Dictionary<string, string> { ["user_id"] = Id(2).ToString() }), Id(1))).Total);
        Assert.Equal(0, (await service.QueryAsync(new ReadQuery(Text: "theirs"), Id(1), "node_operator")).Total);
        Assert.Equal(2, (await service.QueryAsync(new ReadQuery(), Id(9), "admin")).Total);
        Assert.Equal(2, (await service.QueryAsync(new ReadQuery(), Id(9), "super_admin")).Total);
    }

    [Fact]
    public async Task Events_may_repeat_and_overtake_and_a_deletion_takes_the_session_from_the_lists()
    {
        await using var service = await TestService.StartAsync();
        await service.DeliverAsync(EventTypes.SessionStarted, new SessionNotice(Session(10, name: "two", version: 2)), "e2");
        await service.DeliverAsync(EventTypes.SessionCreated, new SessionNotice(Session(10, name: "one")), "e1");
        await service.DeliverAsync(EventTypes.SessionStarted, new SessionNotice(Session(10, name: "two", version: 2)), "e2");
        Assert.Equal("two", (await service.QueryAsync(new ReadQuery(), Id(1))).Items.Single().Text("name"));

        await service.DeliverAsync(EventTypes.SessionDeleted, new SessionNotice(Session(10, version: 4, state: SessionStates.Deleted)), "e4");
        await service.DeliverAsync(EventTypes.SessionStopped, new SessionNotice(Session(10, version: 3)), "e3");
        Assert.Equal(0, (await service.QueryAsync(new ReadQuery(), Id(1))).Total);
    }

    [Fact]
    public async Task Events_without_a_session_are_left_alone_and_unreadable_ones_are_dropped()
    {
        await using var service = await TestService.StartAsync();

        Assert.Equal((200, ""), await service.DeliverAsync(EventTypes.ConsentGranted, new ConsentNotice("c", "s", null)));
        Assert.Equal((200, ""), await service.DeliverAsync(EventTypes.ChunkSealed, new ChunkNotice("s", 1, 1)));
        Assert.Contains("DROP", (await service.DeliverAsync(EventTypes.SessionCreated, new { session = new { name = "no id" } })).Answer, StringComparison.Ordinal);
        Assert.Contains("DROP", (await service.DeliverAsync(EventTypes.SessionCreated, new SessionNotice(Session(10, version: 0)))).Answer, StringComparison.Ordinal);
        Assert.Equal(0, (await service.QueryAsync(new ReadQuery(), Id(1), "admin")).Total);
    }

    [Fact]
    public async Task A_query_outside_the_rules_is_refused_by_field()
    {
        await using var service = await TestService.StartAsync();
        foreach (var (body, field) in ((string, string)[])
        [
            ("""{"page":0}""", "page"),
            ("""{"page":101,"limit":100}""", "page"),
            ("""{"page":2147483647}""", "page"),
            ("""{"limit":0}""", "limit"),
            ("""{"limit":101}""", "limit"),
            ("""{"sort":"document"}""", "sort"),
            ("""{"sort":"name; DROP TABLE sessions"}""", "sort"),
            ("""{"filters":{"secret":"x"}}""", "filters"),
            ("""{"filters":{"name":"x"}}""", "filters"),
            ("""{"filters":{"state":""}}""", "filters.state"),
            ("""{"filters":{"state":null}}""", "filters.state"),
            ("""{"from":"2030-01-02T00:00:00Z","to":"2030-01-01T00:00:00Z"}""", "to"),
        ])
        {
            var error = await ErrorAsync(service, "sessions", body, HttpStatusCode.BadRequest);
            Assert.Equal((body, field), (body, error.GetProperty("details").GetProperty("errors")[0].GetProperty("field").GetString()));
        }
    }

    [Fact]
    public async Task Long_text_unknown_members_and_unknown_views_are_refused()
    {
        await using var service = await TestService.StartAsync();
        await ErrorAsync(service, "sessions", $$"""{"text":"{{new string('a', 257)}}"}""", HttpStatusCode.BadRequest);
        await ErrorAsync(service, "sessions", """{"owner":"x"}""", HttpStatusCode.BadRequest);
        await ErrorAsync(service, "sqlite_master", "{}", HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Only_listed_apps_with_a_users_token_may_ask_and_no_app_may_rebuild()
    {
        await using var service = await TestService.StartAsync();
        foreach (var (caller, user, path, status) in ((string?, Guid?, string, HttpStatusCode)[])
        [
            (AppIds.SessionApi, null, "/internal/v1/query/sessions", HttpStatusCode.Unauthorized),
            (AppIds.ChunkProcessor, Id(1), "/internal/v1/query/sessions", HttpStatusCode.Forbidden),
            (AppIds.AdminInterface, Id(1), "/internal/v1/query/sessions", HttpStatusCode.OK),
            (AppIds.AdminInterface, Id(1), "/internal/self/rebuild", HttpStatusCode.Forbidden),
            (null, null, "/internal/self/rebuild", HttpStatusCode.Accepted),
        ])
        {
            using var client = service.Client(caller, user);
            using var response = await client.PostAsJsonAsync(path, new { });
            Assert.Equal((caller, path, status), (caller, path, response.StatusCode));
        }
    }

    [Fact]
    public async Task A_failing_read_model_is_told_retried_and_shown_as_lag()
    {
        var failing = new FailingReadModel();
        await using var service = await TestService.StartAsync(configure: builder => builder.Services.AddSingleton<IReadModel>(failing));
        await ErrorAsync(service, "sessions", "{}", HttpStatusCode.ServiceUnavailable);
        using (var client = service.Client(caller: null))
        {
            Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready")).StatusCode);
        }

        Assert.Equal(500, (await service.DeliverAsync(EventTypes.SessionCreated, new SessionNotice(Session(10)), "e1")).Status);
        failing.IsDown = false;
        service.Clock.Advance(TimeSpan.FromSeconds(7));
        Assert.InRange((await service.QueryAsync(new ReadQuery(), Id(1))).LagMs, 7_000, 60_000);

        Assert.Equal(200, (await service.DeliverAsync(EventTypes.SessionCreated, new SessionNotice(Session(10)), "e1")).Status);
        Assert.Equal(0, (await service.QueryAsync(new ReadQuery(), Id(1))).LagMs);
    }

    [Fact]
    public async Task Readiness_and_metrics_tell_of_the_read_model()
    {
        await using var service = await TestService.StartAsync();
        await service.DeliverAsync(EventTypes.SessionCreated, new SessionNotice(Session(10)));
        using var client = service.Client(caller: null);

        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/ready")).StatusCode);
        var metrics = await client.GetStringAsync("/metrics");
        Assert.Contains("search_index_lag_seconds{index=\"sessions\"}", metrics, StringComparison.Ordinal);
        Assert.Contains("search_index_changes_total{index=\"sessions\",source=\"event\"} 1", metrics, StringComparison.Ordinal);
    }

    private static async Task<JsonElement> ErrorAsync(TestService service, string view, string body, HttpStatusCode status)
    {
        using var client = service.Client(user: Id(1));
        using var response = await client.PostAsync($"/internal/v1/query/{view}", new StringContent(body, Encoding.UTF8, "application/json"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, text);
        return JsonDocument.Parse(text).RootElement.GetProperty("error");
    }

    private sealed class FailingReadModel : IReadModel
    {
        public bool IsDown { get; set; } = true;

        public Task<int> UpsertAsync(ViewDefinition view, IReadOnlyList<DocumentChange> changes, CancellationToken cancellationToken) => AnswerAsync(1);

        public Task<DocumentPage> QueryAsync(ViewDefinition view, ReadQuery query, Visibility visibility, CancellationToken cancellationToken) => AnswerAsync(new DocumentPage([], 0));

        public Task<bool> IsCompleteAsync(string owner, CancellationToken cancellationToken) => AnswerAsync(true);

        public Task MarkCompleteAsync(string owner, CancellationToken cancellationToken) => AnswerAsync(true);

        public Task<bool> IsUpAsync(CancellationToken cancellationToken) => AnswerAsync(true);

        private Task<T> AnswerAsync<T>(T answer) =>
            IsDown ? Task.FromException<T>(new ReadModelException("down", new IOException())) : Task.FromResult(answer);
    }
}
