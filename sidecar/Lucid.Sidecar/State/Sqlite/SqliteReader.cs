using Microsoft.Data.Sqlite;

namespace Lucid.Sidecar.State.Sqlite;

/// <summary>A reading connection with its prepared statements; used by one thread at a time.</summary>
internal sealed class SqliteReader(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, SqliteCommand> commands = [];

    /// <summary>The statement, prepared on first use with text parameters of the given names.</summary>
    public SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        if (!commands.TryGetValue(sql, out var command))
        {
            commands[sql] = command = SqliteTable.Prepare(connection, sql, parameters);
        }

        return command;
    }

    public void Dispose()
    {
        foreach (var command in commands.Values)
        {
            command.Dispose();
        }

        connection.Dispose();
    }
}
