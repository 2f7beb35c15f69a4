using Lucid.Contracts.ReadModel;
using Lucid.StorageDatabase.Domain;
using Lucid.StorageDatabase.Storage;
using Lucid.StorageDatabase.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using static Lucid.StorageDatabase.Tests.Support.SessionBuilder;

namespace Lucid.StorageDatabase.Tests;

public sealed class SqliteReadModelTests : ReadModelContract, IAsyncLifetime
{
    private static readonly ViewDefinition View = ViewDefinition.Sessions;

    private readonly List<TestFolder> _folders = [];
    private readonly List<SqliteReadModel> _models = [];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var model in _models)
        {
            await model.DisposeAsync();
        }

        _folders.ForEach(folder => folder.Dispose());
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_after_a_kill_and_replaying_everything_gives_the_whole()
    {
        var (model, folder) = OpenIn(Folder());
        var first = Enumerable.Range(0, 40).Select(i => Session(i, name: $"one {i}").Change()).ToList();
        var second = Enumerable.Range(20, 40).Select(i => Session(i, name: $"two {i}", version: 2).Change()).ToList();
        await model.UpsertAsync(View, first, default);

        // What a killed process leaves: the files as they are, with the log not yet copied into the database.
        var left = Folder();
        foreach (var file in Directory.GetFiles(folder.Path).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal)))
        {
            File.Copy(file, Path.Combine(left.Path, Path.GetFileName(file)));
        }

        var (again, _) = OpenIn(left);
        Assert.Equal(40, (await again.QueryAsync(View, new ReadQuery(Text: "one"), Visibility.Everybody, default)).Total);
        await again.UpsertAsync(View, second, default);
        await again.UpsertAsync(View, first, default);
        await model.UpsertAsync(View, second, default);
        await AssertSameAsync(model, again);
        Assert.Equal(20, (await again.QueryAsync(View, new ReadQuery(Text: "one"), Visibility.Everybody, default)).Total);
        Assert.Equal(40, (await again.QueryAsync(View, new ReadQuery(Text: "two"), Visibility.Everybody, default)).Total);
    }

    [Fact]
    public async Task A_batch_that_fails_leaves_nothing_behind()
    {
        var (model, _) = OpenIn(Folder());
        var bad = Session(11).Change() with { Id = null! };

        await Assert.ThrowsAsync<ReadModelException>(() => model.UpsertAsync(View, [Session(10).Change(), bad], default));

        Assert.Equal(0, (await model.QueryAsync(View, new ReadQuery(), Visibility.Everybody, default)).Total);
        Assert.Equal(1, await model.UpsertAsync(View, [Session(10).Change()], default));
    }

    [Fact]
    public async Task A_file_of_this_layout_is_kept_and_one_of_another_is_made_anew()
    {
        var (model, folder) = OpenIn(Folder());
        await model.UpsertAsync(View, [Session(10).Change()], default);
        await model.MarkCompleteAsync("owner", default);
        await model.DisposeAsync();

        var (same, _) = OpenIn(folder);
        Assert.Equal(1, (await same.QueryAsync(View, new ReadQuery(), Visibility.Everybody, default)).Total);
        Assert.True(await same.IsCompleteAsync("owner", default));
        await same.DisposeAsync();

        await using (var file = new SqliteConnection($"Data Source={Path.Combine(folder.Path, SqliteReadModel.FileName)};Pooling=False"))
        {
            await file.OpenAsync();
            await using var command = file.CreateCommand();
            command.CommandText = "PRAGMA user_version=7";
            await command.ExecuteNonQueryAsync();
        }

        var (anew, _) = OpenIn(folder);
        Assert.Equal(0, (await anew.QueryAsync(View, new ReadQuery(), Visibility.Everybody, default)).Total);
        Assert.False(await anew.IsCompleteAsync("owner", default));
    }

    [Fact]
    public async Task A_damaged_file_is_made_anew()
    {
        var folder = Folder();
        await File.WriteAllTextAsync(Path.Combine(folder.Path, SqliteReadModel.FileName), new string('x', 8192));

        var (model, _) = OpenIn(folder);

        Assert.Equal(1, await model.UpsertAsync(View, [Session(10).Change()], default));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_made_is_a_failure_until_it_can()
    {
        var folder = Folder();
        var inTheWay = Path.Combine(folder.Path, "model");
        await File.WriteAllTextAsync(inTheWay, "");
        await using var model = new SqliteReadModel(new ReadModelOptions { ReadModelPath = inTheWay }, NullLogger<SqliteReadModel>.Instance);
        await Assert.ThrowsAsync<ReadModelException>(() => model.IsUpAsync(default));

        File.Delete(inTheWay);

        Assert.True(await model.IsUpAsync(default));
    }

    internal static async Task AssertSameAsync(IReadModel expected, IReadModel actual)
    {
        var query = new ReadQuery(Limit: 100, Sort: "name");
        var (left, right) = (await expected.QueryAsync(View, query, Visibility.Everybody, default), await actual.QueryAsync(View, query, Visibility.Everybody, default));
        Assert.Equal(left.Total, right.Total);
        Assert.Equal(left.Documents.Select(document => document.GetRawText()), right.Documents.Select(document => document.GetRawText()));
    }

    internal override IReadModel Open() => OpenIn(Folder()).Model;

    private TestFolder Folder()
    {
        var folder = new TestFolder();
        _folders.Add(folder);
        return folder;
    }

    private (SqliteReadModel Model, TestFolder Folder) OpenIn(TestFolder folder)
    {
        var model = new SqliteReadModel(folder.Options, NullLogger<SqliteReadModel>.Instance);
        _models.Add(model);
        return (model, folder);
    }
}
