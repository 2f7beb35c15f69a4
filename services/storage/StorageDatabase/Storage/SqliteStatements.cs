using Microsoft.Data.Sqlite;

namespace Lucid.StorageDatabase.Storage;

internal static class SqliteStatements
{
    /// <summary>A statement with its values. The text holds constants of this folder and names of view definitions, never what a caller wrote.</summary>
    public static SqliteCommand Statement(this SqliteConnection connection, string sql, params IEnumerable<(string Name, object? Value)> values)
    {
        var command = connection.CreateCommand();
#pragma warning disable CA2100 // see the summary
        command.CommandText = sql;
#pragma warning restore CA2100
        foreach (var (name, value) in values)
        {
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
        }

        return command;
    }

    public static void Run(this SqliteConnection connection, string sql, params IEnumerable<(string Name, object? Value)> values)
    {
        using var command = connection.Statement(sql, values);
        command.ExecuteNonQuery();
    }
}
