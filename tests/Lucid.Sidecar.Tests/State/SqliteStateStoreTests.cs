using System.Collections.Concurrent;
using System.Text;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.State.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.Sidecar.Tests.State;

public sealed class SqliteStateStoreTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly SharedResources shared = new();
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero));
    private IStateStore store = null!;

    public async ValueTask InitializeAsync() => store = await OpenAsync(shared, folder["state.db"]);

    public async ValueTask DisposeAsync()
    {
        await store.DisposeAsync();
        await shared.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task What_was_acknowledged_is_in_the_files_at_that_moment()
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(n => SetAsync($"k{n}", $"v{n}")));

        // What a power loss at this instant would leave: the files as they are, the database still open.
        Directory.CreateDirectory(folder["copy"]);
        foreach (var file in Directory.GetFiles(folder.Path, "state.db*").Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(folder["copy"], Path.GetFileName(file)));
        }

        await using var other = new SharedResources();
        var survivor = await OpenAsync(other, Path.Combine(folder["copy"], "state.db"));
        for (var n = 0; n < 200; n++)
        {
            Assert.Equal($"v{n}", Text(await survivor.GetAsync($"k{n}", CancellationToken.None)));
        }
    }

    [Fact]
    public async Task Of_many_writers_with_one_etag_exactly_one_wins()
    {
        await SetAsync("k", "0");
        var etag = (await store.GetAsync("k", CancellationToken.None))!.ETag;

        var outcomes = await Task.WhenAll(Enumerable.Range(1, 100).Select(n => TryAsync(() => SetAsync("k", $"{n}", etag))));

        Assert.Equal(99, outcomes.Count(outcome => outcome is StateStoreFailure.ETagMismatch));
        var winner = Array.FindIndex(outcomes, outcome => outcome is null) + 1;
        Assert.Equal($"{winner}", Text(await store.GetAsync("k", CancellationToken.None)));
    }

    [Fact]
    public async Task Of_many_first_writers_exactly_one_creates_and_one_may_follow_an_expired_row()
    {
        var outcomes = await Task.WhenAll(Enumerable.Range(1, 50).Select(n => TryAsync(() => SetAsync("k", $"{n}", firstWrite: true, life: TimeSpan.FromSeconds(1)))));
        Assert.Equal(49, outcomes.Count(outcome => outcome is StateStoreFailure.ETagMismatch));

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(await store.GetAsync("k", CancellationToken.None));
        Assert.Null(await TryAsync(() => SetAsync("k", "again", firstWrite: true)));
        Assert.Equal(StateStoreFailure.ETagMismatch, await TryAsync(() => SetAsync("k", "twice", firstWrite: true)));
    }

    [Fact]
    public async Task A_refusal_in_a_shared_commit_leaves_its_neighbours_alone()
    {
        await SetAsync("taken", "1");
        ConcurrentBag<string> written = [];

        await Task.WhenAll(Enumerable.Range(0, 300).Select(async n =>
        {
            if (n % 3 == 0)
            {
                Assert.Equal(StateStoreFailure.ETagMismatch, await TryAsync(() => SetAsync("taken", "2", "stale")));
            }
            else
            {
                await SetAsync($"k{n}", $"v{n}");
                written.Add($"k{n}");
            }
        }));

        foreach (var key in written)
        {
            Assert.NotNull(await store.GetAsync(key, CancellationToken.None));
        }

        Assert.Equal("1", Text(await store.GetAsync("taken", CancellationToken.None)));
    }

    [Fact]
    public async Task Work_that_breaks_the_transaction_fails_alone()
    {
        await using var database = SqliteDatabase.Open(new SqliteSettings(folder["direct.db"], TimeSpan.FromSeconds(1), "NORMAL", true));
        using var hold = new ManualResetEventSlim();
        var first = database.WriteAsync(_ => hold.Wait(), CancellationToken.None);
        var good = database.WriteAsync(connection => SqliteDatabase.Execute(connection, "CREATE TABLE kept (n)"), CancellationToken.None);
        var bad = database.WriteAsync(connection => SqliteDatabase.Execute(connection, "INSERT INTO nowhere VALUES (1)"), CancellationToken.None);
        var later = database.WriteAsync(connection => SqliteDatabase.Execute(connection, "INSERT INTO kept VALUES (1)"), CancellationToken.None);
        hold.Set();

        await Task.WhenAll(first, good, later);
        Assert.Equal(StateStoreFailure.Other, (await Assert.ThrowsAsync<StateStoreException>(() => bad)).Failure);
    }

    [Fact]
    public async Task A_transaction_checks_everything_before_it_writes()
    {
        await SetAsync("a", "1");
        await SetAsync("b", "1");
        var etag = (await store.GetAsync("b", CancellationToken.None))!.ETag;
        StateOperation[] stale = [Set("a", "2"), Set("new", "2", firstWrite: true), new StateDelete("b", "stale", false)];

        Assert.Equal(StateStoreFailure.ETagMismatch, await TryAsync(() => store.TransactAsync(stale, CancellationToken.None).AsTask()));
        Assert.Equal(("1", ""), (Text(await store.GetAsync("a", CancellationToken.None)), Text(await store.GetAsync("new", CancellationToken.None))));

        await store.TransactAsync([.. stale[..2], new StateDelete("b", etag, false)], CancellationToken.None);
        Assert.Equal(("2", ""), (Text(await store.GetAsync("new", CancellationToken.None)), Text(await store.GetAsync("b", CancellationToken.None))));
    }

    [Theory]
    [InlineData(new byte[0], 0)]
    [InlineData(new byte[] { 0x7b, 0x7d }, 0)]
    [InlineData(new byte[] { 0xc3, 0xa9 }, 0)]
    [InlineData(new byte[] { 0xff, 0x00 }, 1)]
    [InlineData(new byte[] { 0x61, 0x00, 0x62 }, 1)]
    public async Task Any_bytes_are_kept_and_text_stays_readable_for_daprd(byte[] value, long isBinary)
    {
        await store.SetAsync(new StateSet("k", value, null, false, null), CancellationToken.None);

        Assert.Equal(value, (await store.GetAsync("k", CancellationToken.None))!.Data.ToArray());
        using var connection = new SqliteConnection($"Data Source={folder["state.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT value, is_binary FROM state WHERE key = 'k'";
        using var row = command.ExecuteReader();
        Assert.True(row.Read());
        Assert.Equal(isBinary, row.GetInt64(1));
        Assert.Equal(isBinary == 1 ? Convert.ToBase64String(value) : Encoding.UTF8.GetString(value), row.GetString(0));
    }

    [Fact]
    public async Task Expired_rows_are_removed_at_the_interval()
    {
        await SetAsync("short", "1", life: TimeSpan.FromMinutes(1));
        await SetAsync("long", "1", life: TimeSpan.FromDays(1));

        time.Advance(TimeSpan.FromHours(1));
        await SetAsync("behind the cleanup in the queue", "1");

        using var connection = new SqliteConnection($"Data Source={folder["state.db"]};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT group_concat(key) FROM (SELECT key FROM state ORDER BY key)";
        Assert.Equal("behind the cleanup in the queue,long", command.ExecuteScalar());
    }

    [Fact]
    public async Task A_closed_database_refuses_and_a_cancelled_caller_does_not_write()
    {
        using var cancelled = new CancellationTokenSource();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.SetAsync(Set("k", "1"), cancelled.Token).AsTask());
        Assert.Null(await store.GetAsync("k", CancellationToken.None));

        await shared.DisposeAsync();
        Assert.Equal(StateStoreFailure.Other, await TryAsync(() => SetAsync("k", "1")));
    }

    [Theory]
    [InlineData("connectionString", ":memory:", "state.in-memory")]
    [InlineData("connectionString", "x.db?mode=ro", "options after '?'")]
    [InlineData("connectionString", "", "field connectionString is required")]
    [InlineData("tableName", "a b", "field tableName")]
    [InlineData("busyTimeout", "soon", "field busyTimeout")]
    [InlineData("synchronous", "OFF", "field synchronous")]
    public async Task A_field_that_cannot_be_used_is_named(string field, string value, string message)
    {
        var definition = TestParts.Define("state.sqlite", "s", [.. new[] { ("connectionString", folder["other.db"]) }.Where(pair => pair.Item1 != field), (field, value)]);

        var refused = await Assert.ThrowsAsync<ComponentException>(
            () => new SqliteStateStoreFactory().CreateAsync(definition, Host(shared), CancellationToken.None).AsTask());
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_path_is_relative_to_the_run_file_in_every_spelling()
    {
        foreach (var spelling in new[] { "nested/db", "file:nested/db", "Data Source=nested/db" })
        {
            var definition = TestParts.Define("state.sqlite", "s", ("connectionString", spelling)) with { BaseDirectory = folder.Path };
            await (await new SqliteStateStoreFactory().CreateAsync(definition, Host(shared), CancellationToken.None)).DisposeAsync();
        }

        Assert.Equal(["db"], Directory.GetFiles(folder["nested"]).Select(Path.GetFileName).Where(name => !name!.Contains('-', StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_file_that_could_not_be_opened_is_tried_again()
    {
        Directory.CreateDirectory(folder["place"]);
        await Assert.ThrowsAsync<ComponentException>(() => OpenAsync(shared, folder["place"]));
        Directory.Delete(folder["place"]);

        await (await OpenAsync(shared, folder["place"])).DisposeAsync();
    }

    [Fact]
    public async Task One_file_cannot_be_opened_in_two_ways()
    {
        var definition = TestParts.Define("state.sqlite", "s", ("connectionString", folder["state.db"]), ("synchronous", "NORMAL"));

        var refused = await Assert.ThrowsAsync<ComponentException>(
            () => new SqliteStateStoreFactory().CreateAsync(definition, Host(shared), CancellationToken.None).AsTask());
        Assert.Contains("already open", refused.Message, StringComparison.Ordinal);
    }

    private async Task<IStateStore> OpenAsync(SharedResources resources, string file) => await new SqliteStateStoreFactory().CreateAsync(
        TestParts.Define("state.sqlite", "s", ("connectionString", file)), Host(resources), CancellationToken.None);

    private ComponentHost Host(SharedResources resources) => new("app", "default", time, NullLoggerFactory.Instance, resources);

    private Task SetAsync(string key, string value, string? etag = null, bool firstWrite = false, TimeSpan? life = null) =>
        store.SetAsync(Set(key, value, etag, firstWrite, life), CancellationToken.None).AsTask();

    private static StateSet Set(string key, string value, string? etag = null, bool firstWrite = false, TimeSpan? life = null) =>
        new(key, Encoding.UTF8.GetBytes(value), etag, firstWrite, life);

    private static string Text(StateValue? value) => value is null ? "" : Encoding.UTF8.GetString(value.Data.Span);

    private static async Task<StateStoreFailure?> TryAsync(Func<Task> write)
    {
        try
        {
            await write();
            return null;
        }
        catch (StateStoreException refused)
        {
            return refused.Failure;
        }
    }
}
