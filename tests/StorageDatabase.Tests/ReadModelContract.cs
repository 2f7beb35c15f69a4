using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Sessions;
using Lucid.StorageDatabase.Domain;
using Lucid.StorageDatabase.Tests.Support;
using static Lucid.StorageDatabase.Tests.Support.SessionBuilder;

namespace Lucid.StorageDatabase.Tests;

/// <summary>What every implementation of the read model does. A suite for one derives from this and says how to open it.</summary>
public abstract class ReadModelContract
{
    /// <summary>Texts with a meaning in some query language, or none in any.</summary>
    private static readonly string[] HostileTexts =
    [
        "\"", "\"\"", "\" OR 1=1 --", "'", "'; DROP TABLE sessions; --", "*", "a*", "*a", "NEAR", "NEAR(alpha secret, 5)", "alpha NEAR secret", "AND", "OR", "NOT",
        "alpha OR secret", "alpha NOT beta", "name:alpha", "words:secret", "{words name}:secret", "- words:secret", "^alpha", "(alpha", "alpha)", "alpha + secret", "\\", "%", "_",
        "?1", "$p0", ":a", "@a", "\0", "a\0b", "alpha\0secret", "🦊", "👩‍👩‍👧", "\u202e", "ß", "İ", "\ufffd", "١٢", "e\u0301", new string('x', 256), new string('"', 256), new string('(', 256), new string('\u0301', 256),
        string.Join(' ', Enumerable.Range(0, 128).Select(i => (char)('a' + (i % 26)))), "{\"$where\":\"1\"}", "[1 TO 2]", "alpha~2", "/.*/", "_exists_:name", "alpha\" OR \"secret",
    ];

    private static readonly ViewDefinition View = ViewDefinition.Sessions;

    internal abstract IReadModel Open();

    [Fact]
    public async Task A_document_that_was_applied_is_listed()
    {
        var model = Open();

        Assert.Equal(1, await model.UpsertAsync(View, [Session(10, name: "First").Change()], default));

        var page = await model.QueryAsync(View, new ReadQuery(), Visibility.Everybody, default);
        Assert.Equal(1, page.Total);
        Assert.Equal("First", page.Documents.Single().Text("name"));
        Assert.Equal(1, page.Documents.Single().GetProperty("version").GetInt64());
    }

    [Fact]
    public async Task The_highest_version_wins_in_any_order_and_however_often()
    {
        SessionView[] versions = [.. Enumerable.Range(1, 5).Select(v => Session(10, name: $"v{v}", version: v))];
        var random = new Random(20);
        for (var round = 0; round < 10; round++)
        {
            var model = Open();
            var deliveries = Enumerable.Repeat(versions, 1 + (round % 3)).SelectMany(all => all).ToArray();
            random.Shuffle(deliveries);
            foreach (var version in deliveries)
            {
                await model.UpsertAsync(View, [version.Change()], default);
            }

            Assert.Equal(["v5"], (await model.QueryAsync(View, new ReadQuery(), Visibility.Everybody, default)).Names());
            Assert.Equal(0, (await model.QueryAsync(View, new ReadQuery(Text: "v4"), Visibility.Everybody, default)).Total);
            Assert.Equal(1, (await model.QueryAsync(View, new ReadQuery(Text: "v5"), Visibility.Everybody, default)).Total);
        }
    }

    [Fact]
    public async Task A_repeated_or_older_version_changes_nothing()
    {
        var model = Open();
        await model.UpsertAsync(View, [Session(10, name: "new", version: 2).Change()], default);

        Assert.Equal(0, await model.UpsertAsync(View, [Session(10, name: "same", version: 2).Change(), Session(10, name: "old").Change()], default));

        Assert.Equal(["new"], (await model.QueryAsync(View, new ReadQuery(), Visibility.Everybody, default)).Names());
    }

    [Fact]
    public async Task A_deleted_document_is_gone_and_nothing_older_brings_it_back()
    {
        var model = Open();
        await model.UpsertAsync(View, [Session(10, name: "secret", tags: ["t"]).Change()], default);
        await model.UpsertAsync(View, [new DocumentChange(Id(10).ToString(), 3, null)], default);
        await model.UpsertAsync(View, [Session(10, name: "secret", tags: ["t"], version: 2).Change()], default);

        foreach (var query in (ReadQuery[])[new(), new(Text: "secret"), new(Filters: new Dictionary<string, string> { ["tag"] = "t" })])
        {
            var page = await model.QueryAsync(View, query, Visibility.Everybody, default);
            Assert.Empty(page.Documents);
            Assert.Equal(0, page.Total);
        }
    }

    [Fact]
    public async Task A_deletion_may_come_before_the_document()
    {
        var model = Open();
        await model.UpsertAsync(View, [new DocumentChange(Id(10).ToString(), 2, null)], default);
        await model.UpsertAsync(View, [Session(10).Change()], default);

        Assert.Equal(0, (await model.QueryAsync(View, new ReadQuery(), Visibility.Everybody, default)).Total);
    }

    [Theory]
    [InlineData("quarterly", true)]
    [InlineData("QUART rep", true)]
    [InlineData("report quarterly", true)]
    [InlineData("uarterly", false)]
    [InlineData("quarterly missing", false)]
    [InlineData("ledger", true)] // description
    [InlineData("apollo", true)] // project
    [InlineData("stag", true)] // environment
    [InlineData("pay-roll", true)] // tag, split as the text was
    [InlineData("quarterly apollo urgent", true)]
    [InlineData("cafe", true)]
    [InlineData("café", true)]
    [InlineData("cafe\u0301", true)]
    [InlineData("🦊", true)]
    [InlineData("отчёт", true)]
    [InlineData("ОТЧ", true)]
    [InlineData("   ", true)]
    [InlineData("***", false)]
    [InlineData("", true)]
    public async Task Every_word_must_begin_a_word_of_the_document(string text, bool found)
    {
        var model = Open();
        await model.UpsertAsync(
            View,
            [Session(10, name: "Quarterly-Report Café 🦊 Отчёт", description: "The ledger", project: "Apollo", environment: "staging", tags: ["urgent", "pay roll"]).Change()],
            default);

        Assert.Equal(found ? 1 : 0, (await model.QueryAsync(View, new ReadQuery(Text: text), Visibility.Everybody, default)).Total);
    }

    [Fact]
    public async Task Hostile_text_is_only_text()
    {
        var model = Open();
        var plain = new PlainModel();
        SessionView[] sessions =
        [
            Session(10, name: "alpha beta"), Session(11, user: 2, name: "secret"), Session(12, user: 2, name: "alpha secret near"),
            .. HostileTexts.Select((text, i) => Session(100 + i, user: 1 + (i % 2), name: text)),
        ];
        await model.UpsertAsync(View, [.. sessions.Select(session => session.Change())], default);
        Array.ForEach(sessions, plain.Apply);

        foreach (var text in HostileTexts)
        {
            var filters = new Dictionary<string, string> { ["state"] = text, ["tag"] = text, ["project"] = text };
            foreach (var query in (ReadQuery[])[new(Text: text, Limit: 100), new(Filters: filters)])
            {
                var page = await model.QueryAsync(View, query, Visibility.Only(Id(1)), default);
                Assert.All(page.Documents, document => Assert.Equal(Id(1).ToString(), document.Text("user_id")));
                Assert.Equal((text, string.Join(' ', plain.Query(query, Id(1).ToString()).Ids)), (text, string.Join(' ', page.Ids())));
            }
        }

        Assert.Equal(sessions.Length, (await model.QueryAsync(View, new ReadQuery(), Visibility.Everybody, default)).Total);
    }

    [Fact]
    public async Task A_users_queries_never_show_another_users_rows_and_agree_with_plain_collections()
    {
        var model = Open();
        var plain = new PlainModel();
        var random = new Random(4711);
        T One<T>(params T[] values) => values[random.Next(values.Length)];
        string Word() => One("alpha", "beta", "alphabet", "Beta-2", "🦊", "NEAR", "x");
        string Text() => string.Join(' ', Enumerable.Range(0, random.Next(4)).Select(_ => Word()));
        DateTimeOffset? Time() => random.Next(3) == 0 ? Epoch.AddMinutes(random.Next(50)) : null;

        var latest = new Dictionary<(int, long), SessionView>(); // a version says one thing only
        for (var batch = 0; batch < 12; batch++)
        {
            var sessions = Enumerable.Range(0, 37).Select(_ =>
            {
                var (number, version) = (random.Next(1, 121), (long)random.Next(1, 13));
                var session = Session(
                    number + 100, 1 + (number % 3), Text(), Text(), One(SessionStates.Recording, SessionStates.Completed, SessionStates.Deleted), version,
                    One("p1", "p2", null), One("p1", "p2", null), [.. Enumerable.Range(0, random.Next(3)).Select(_ => Word()).Distinct()], random.Next(41), random.Next(6));
                return latest.TryAdd((number, version), session) ? session : latest[(number, version)];
            }).ToArray();
            await model.UpsertAsync(View, [.. sessions.Select(item => item.Change())], default);
            Array.ForEach(sessions, plain.Apply);
        }

        var shown = 0;
        for (var round = 0; round < 800; round++)
        {
            var filter = One<(string Name, string Value)?>(
                null, null, ("state", "recording"), ("project", "p1"), ("environment", "p2"), ("tag", "beta"), ("user_id", Id(1).ToString()), ("user_id", Id(2).ToString()));
            var query = new ReadQuery(
                Text(), filter is { } set ? new Dictionary<string, string> { [set.Name] = set.Value } : null, Time(), Time(),
                One(null, "created_at", "updated_at", "name", "size"), random.Next(2) == 0, random.Next(1, 4), random.Next(1, 31));
            var user = random.Next(4);
            var owner = user == 0 ? null : Id(user).ToString();

            var page = await model.QueryAsync(View, query, user == 0 ? Visibility.Everybody : Visibility.Only(Id(user)), default);

            Assert.All(page.Documents, document => Assert.True(owner is null || document.Text("user_id") == owner));
            var expected = plain.Query(query, owner);
            Assert.Equal(expected.Ids, page.Ids());
            Assert.Equal(expected.Total, page.Total);
            shown += page.Documents.Count;
        }

        Assert.True(shown > 500, $"only {shown} rows were shown: the queries are too narrow to prove anything");
    }

    [Fact]
    public async Task Ten_thousand_sessions_are_listed_and_found_page_by_page()
    {
        var model = Open();
        foreach (var batch in Enumerable.Range(0, 10_000).Chunk(500))
        {
            await model.UpsertAsync(
                View,
                [.. batch.Select(i => Session(i, user: 1 + (i % 4), name: $"run {i:d5} {(i % 100 == 0 ? "rare" : "common")}", tags: [$"t{i % 10}"], minutes: i).Change())],
                default);
        }

        var seen = new List<string>();
        for (var page = 1; page <= 100; page++)
        {
            var found = await model.QueryAsync(View, new ReadQuery(Page: page, Limit: 100), Visibility.Everybody, default);
            Assert.Equal(10_000, found.Total);
            seen.AddRange(found.Ids());
        }

        Assert.Equal(Enumerable.Range(0, 10_000).Reverse().Select(i => Id(i).ToString()), seen);
        Assert.Equal(100, (await model.QueryAsync(View, new ReadQuery(Text: "rar"), Visibility.Everybody, default)).Total);
        Assert.Equal(["run 04321 common"], (await model.QueryAsync(View, new ReadQuery(Text: "run 04321"), Visibility.Only(Id(2)), default)).Names());
        Assert.Equal(0, (await model.QueryAsync(View, new ReadQuery(Text: "run 04321"), Visibility.Only(Id(3)), default)).Total);
        Assert.Equal(
            500, (await model.QueryAsync(View, new ReadQuery(Filters: new Dictionary<string, string> { ["tag"] = "t6" }), Visibility.Only(Id(3)), default)).Total);
    }

    [Fact]
    public async Task Queries_are_answered_while_changes_are_applied()
    {
        var model = Open();
        await model.UpsertAsync(View, [.. Enumerable.Range(0, 50).Select(i => Session(i).Change())], default);
        using var done = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (var version = 2; version < 30; version++)
            {
                await model.UpsertAsync(View, [.. Enumerable.Range(0, 50).Select(i => Session(i, name: $"v{version}", version: version).Change())], default);
            }

            await done.CancelAsync();
        });

        while (!done.IsCancellationRequested)
        {
            var page = await model.QueryAsync(View, new ReadQuery(Limit: 100), Visibility.Everybody, default);
            Assert.Equal(50, page.Total);
            Assert.Single(page.Names().Distinct()); // a batch is seen whole or not at all
        }

        await writing;
    }

    [Fact]
    public async Task An_owner_is_complete_once_it_was_marked()
    {
        var model = Open();

        Assert.False(await model.IsCompleteAsync("a", default));
        await model.MarkCompleteAsync("a", default);
        await model.MarkCompleteAsync("a", default);
        Assert.True(await model.IsCompleteAsync("a", default));
        Assert.False(await model.IsCompleteAsync("b", default));
        Assert.True(await model.IsUpAsync(default));
    }
}
