using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Lucid.Sidecar.Components;
using Microsoft.Data.Sqlite;

namespace Lucid.Sidecar.State.Sqlite;

/// <summary>
/// The statements of one table. Columns are daprd's: text values are stored as they are, anything else in base64 with
/// <c>is_binary</c> set; times are UTC text that sorts (<c>yyyy-MM-dd HH:mm:ss.fff</c>), which SQLite's own functions read too.
/// </summary>
internal sealed class SqliteTable(string name, TimeProvider time)
{
    private const string Live = "(expiration_time IS NULL OR expiration_time > $now)";

    private readonly string read = $"SELECT CAST(value AS BLOB), is_binary, etag, expiration_time FROM {name} WHERE key = $key AND {Live}";
    private readonly string readETag = $"SELECT etag FROM {name} WHERE key = $key AND {Live}";
    private readonly string upsert = Insert(name, "");
    private readonly string insertNew = Insert(name, "WHERE expiration_time IS NOT NULL AND expiration_time <= $now");
    private readonly string updateMatching =
        $"UPDATE {name} SET value = CAST($value AS TEXT), is_binary = $binary, etag = $new, expiration_time = $expires, update_time = $now WHERE key = $key AND etag = $etag AND {Live}";
    private readonly string delete = $"DELETE FROM {name} WHERE key = $key";
    private readonly string deleteMatching = $"DELETE FROM {name} WHERE key = $key AND etag = $etag AND {Live}";
    private readonly string deleteExpired = $"DELETE FROM {name} WHERE expiration_time IS NOT NULL AND expiration_time <= $now";

    // Only the writing thread touches these.
    private readonly Dictionary<string, SqliteCommand> prepared = [];

    public static void Create(SqliteConnection connection, string name)
    {
        SqliteDatabase.Execute(connection, $"""
            CREATE TABLE IF NOT EXISTS {name} (
                key TEXT NOT NULL PRIMARY KEY,
                value TEXT NOT NULL,
                is_binary BOOLEAN NOT NULL,
                etag TEXT NOT NULL,
                expiration_time TIMESTAMP DEFAULT NULL,
                update_time TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
            )
            """);
        SqliteDatabase.Execute(connection, $"CREATE INDEX IF NOT EXISTS idx_{name}_expiration_time ON {name} (expiration_time)");
    }

    public static SqliteCommand Prepare(SqliteConnection connection, string sql, ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // texts of this class; the table name is checked by the factory
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = parameter });
        }

        command.Prepare();
        return command;
    }

    public StateValue? Read(SqliteReader reader, string key)
    {
        var command = reader.Prepare(read, "$key", "$now");
        command.Parameters[0].Value = key;
        command.Parameters[1].Value = Text(time.GetUtcNow());
        using var row = command.ExecuteReader();
        if (!row.Read())
        {
            return null;
        }

        var data = row.GetFieldValue<byte[]>(0);
        return new StateValue(
            row.GetBoolean(1) ? Convert.FromBase64String(Encoding.ASCII.GetString(data)) : data,
            row.GetString(2),
            row.IsDBNull(3) ? null : DateTimeOffset.Parse(row.GetString(3), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal));
    }

    /// <summary>Runs one operation, checked by the statement itself.</summary>
    public void Apply(SqliteConnection connection, StateOperation operation)
    {
        var changed = Execute(connection, operation);
        var conditional = operation switch
        {
            StateSet set => set.FirstWrite || !string.IsNullOrEmpty(set.ETag),
            StateDelete remove => !string.IsNullOrEmpty(remove.ETag),
            _ => false,
        };
        if (changed == 0 && conditional)
        {
            throw Mismatch(operation.Key);
        }
    }

    /// <summary>Checks every condition against what is stored now, then writes all: a refusal changes nothing.</summary>
    public void ApplyAll(SqliteConnection connection, IReadOnlyList<StateOperation> operations)
    {
        foreach (var operation in operations)
        {
            Check(connection, operation);
        }

        foreach (var operation in operations)
        {
            Execute(connection, operation switch
            {
                StateSet set => set with { ETag = null, FirstWrite = false },
                StateDelete remove => remove with { ETag = null },
                _ => operation,
            });
        }
    }

    public void RemoveExpired(SqliteConnection connection) =>
        Run(connection, deleteExpired, ("$now", Text(time.GetUtcNow())));

    private void Check(SqliteConnection connection, StateOperation operation)
    {
        var (etag, mustBeNew) = operation switch
        {
            StateSet set => (set.ETag, set.FirstWrite),
            StateDelete remove => (remove.ETag, false),
            _ => (null, false),
        };
        if (string.IsNullOrEmpty(etag) && !mustBeNew)
        {
            return;
        }

        var command = Statement(connection, readETag, ("$key", operation.Key), ("$now", Text(time.GetUtcNow())));
        var current = (string?)command.ExecuteScalar();
        if (string.IsNullOrEmpty(etag) ? current is not null : current != etag)
        {
            throw Mismatch(operation.Key);
        }
    }

    private int Execute(SqliteConnection connection, StateOperation operation)
    {
        if (operation is not StateSet set)
        {
            var etag = (operation as StateDelete)?.ETag;
            return string.IsNullOrEmpty(etag)
                ? Run(connection, delete, ("$key", operation.Key))
                : Run(connection, deleteMatching, ("$key", operation.Key), ("$etag", etag), ("$now", Text(time.GetUtcNow())));
        }

        var now = time.GetUtcNow();
        var isText = Utf8.IsValid(set.Data.Span) && !set.Data.Span.Contains((byte)0);
        (string, object)[] row =
        [
            ("$key", set.Key),
            ("$value", isText ? set.Data.ToArray() : Encoding.ASCII.GetBytes(Convert.ToBase64String(set.Data.Span))),
            ("$binary", !isText),
            ("$new", Guid.CreateVersion7(now).ToString()),
            ("$expires", set.TimeToLive is { } life ? Text(now + life) : DBNull.Value),
            ("$now", Text(now)),
        ];
        return !string.IsNullOrEmpty(set.ETag) ? Run(connection, updateMatching, [.. row, ("$etag", set.ETag)])
            : Run(connection, set.FirstWrite ? insertNew : upsert, row);
    }

    private int Run(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values) =>
        Statement(connection, sql, values).ExecuteNonQuery();

    private SqliteCommand Statement(SqliteConnection connection, string sql, params ReadOnlySpan<(string Name, object Value)> values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            var names = new string[values.Length];
            for (var i = 0; i < values.Length; i++)
            {
                names[i] = values[i].Name;
            }

            prepared[sql] = command = Prepare(connection, sql, names);
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i].Value;
        }

        return command;
    }

    private static string Insert(string name, string condition) => $"""
        INSERT INTO {name} (key, value, is_binary, etag, expiration_time, update_time)
        VALUES ($key, CAST($value AS TEXT), $binary, $new, $expires, $now)
        ON CONFLICT (key) DO UPDATE SET value = excluded.value, is_binary = excluded.is_binary, etag = excluded.etag,
            expiration_time = excluded.expiration_time, update_time = excluded.update_time {condition}
        """;

    private static StateStoreException Mismatch(string key) => ETagMismatch.Because($"no live item with this etag for key={key}");

    private static string Text(DateTimeOffset instant) =>
        instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
