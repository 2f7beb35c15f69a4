using System.Text.Json;
using Lucid.Contracts.ReadModel;
using Lucid.StorageDatabase.Domain;
using Microsoft.Data.Sqlite;

namespace Lucid.StorageDatabase.Storage;

/// <summary>The embedded read model: SQLite with FTS5.</summary>
internal sealed class SqliteReadModel(ReadModelOptions options, ILogger<SqliteReadModel> logger) : IReadModel, IAsyncDisposable
{
    public const string FileName = "read-model.db";

    private readonly SqliteFile _file = new(Path.Combine(Path.GetFullPath(options.ReadModelPath), FileName), logger);

    public Task<int> UpsertAsync(ViewDefinition view, IReadOnlyList<DocumentChange> changes, CancellationToken cancellationToken) =>
        GuardAsync(_file.WriteAsync(connection => changes.Count(change => Apply(connection, view, change)), cancellationToken));

    public Task<DocumentPage> QueryAsync(ViewDefinition view, ReadQuery query, Visibility visibility, CancellationToken cancellationToken)
    {
        var statement = new SqliteQuery(view, query, visibility);
        return GuardAsync(_file.ReadAsync(
            connection =>
            {
                using var count = connection.Statement(statement.Count, statement.Values);
                using var page = connection.Statement(statement.Page, statement.Values);
                var total = (long)count.ExecuteScalar()!;
                var documents = new List<JsonElement>();
                using var reader = page.ExecuteReader();
                while (reader.Read())
                {
                    documents.Add(JsonElement.Parse(reader.GetString(0)));
                }

                return new DocumentPage(documents, total);
            },
            cancellationToken));
    }

    public Task<bool> IsCompleteAsync(string owner, CancellationToken cancellationToken) => GuardAsync(_file.ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT 1 FROM complete WHERE owner = $owner", ("$owner", owner));
            return command.ExecuteScalar() is not null;
        },
        cancellationToken));

    public Task MarkCompleteAsync(string owner, CancellationToken cancellationToken) => GuardAsync(_file.WriteAsync(
        connection =>
        {
            connection.Run("INSERT INTO complete VALUES ($owner) ON CONFLICT DO NOTHING", ("$owner", owner));
            return true;
        },
        cancellationToken));

    public Task<bool> IsUpAsync(CancellationToken cancellationToken) => GuardAsync(_file.ReadAsync(
        connection =>
        {
            using var command = connection.Statement("SELECT count(*) FROM complete");
            return command.ExecuteScalar() is long;
        },
        cancellationToken));

    public ValueTask DisposeAsync() => _file.DisposeAsync();

    private static bool Apply(SqliteConnection connection, ViewDefinition view, DocumentChange change)
    {
        var columns = SqliteLayout.Columns(view).ToList();
        var names = columns.Select(SqliteLayout.Column).ToList();
        var set = string.Join(", ", names.Prepend("document").Prepend("version").Select(name => $"{name} = excluded.{name}"));
        using var upsert = connection.Statement(
            $"INSERT INTO {SqliteLayout.Documents(view)} AS d (id, version, document, {string.Join(", ", names)}) VALUES ($id, $version, $document, {string.Join(", ", names.Select(name => "$" + name))}) "
            + $"ON CONFLICT (id) DO UPDATE SET {set} WHERE excluded.version > d.version RETURNING row",
            [
                ("$id", change.Id), ("$version", change.Version), ("$document", change.Document?.GetRawText()),
                .. columns.Select(field => ("$" + SqliteLayout.Column(field), change.Document is { } document ? DocumentFields.Value(document, field) : null)),
            ]);
        if (upsert.ExecuteScalar() is not long row)
        {
            return false;
        }

        connection.Run($"DELETE FROM {SqliteLayout.Values(view)} WHERE row = $row", ("$row", row));
        connection.Run($"DELETE FROM {SqliteLayout.Text(view)} WHERE rowid = $row", ("$row", row));
        if (change.Document is { } kept)
        {
            Fill(connection, view, row, kept);
        }

        return true;
    }

    private static void Fill(SqliteConnection connection, ViewDefinition view, long row, JsonElement document)
    {
        foreach (var field in view.Fields.Where(field => field.Kind == FieldKind.Keywords))
        {
            foreach (var value in DocumentFields.Texts(document, field.Path).Distinct(StringComparer.Ordinal))
            {
                connection.Run(
                    $"INSERT INTO {SqliteLayout.Values(view)} (row, field, value) VALUES ($row, $field, $value)",
                    ("$row", row), ("$field", field.Name), ("$value", value));
            }
        }

        var words = view.Text.SelectMany(path => DocumentFields.Texts(document, path)).SelectMany(Words.Of);
        connection.Run($"INSERT INTO {SqliteLayout.Text(view)} (rowid, words) VALUES ($row, $words)", ("$row", row), ("$words", string.Join(' ', words)));
    }

    private static async Task<T> GuardAsync<T>(Task<T> work)
    {
        try
        {
            return await work;
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            throw new ReadModelException("the read model's database failed", e);
        }
    }
}
