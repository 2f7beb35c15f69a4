using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.State.Sqlite;

/// <summary>
/// <c>state.sqlite</c> with daprd's metadata fields and <c>synchronous</c>. The sidecars of one process share one writer for each
/// file; the table has daprd's columns, so either runtime reads what the other wrote.
/// </summary>
public sealed class SqliteStateStoreFactory : IComponentFactory<IStateStore>
{
    public string Type => "state.sqlite";

    // metadataTableName and timeout steer daprd's migrations and its driver; they have no counterpart here and change no result.
    public IReadOnlySet<string> Fields { get; } = new HashSet<string>(SqliteSettings.Fields, StringComparer.OrdinalIgnoreCase)
    {
        "tableName", "metadataTableName", "cleanupInterval", "cleanupIntervalInSeconds", "timeout", "timeoutInSeconds",
    };

    public async ValueTask<IStateStore> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken)
    {
        var settings = SqliteSettings.Read(definition);
        var table = definition["tableName"] is { Length: > 0 } name ? name : "state";
        if (!table.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_'))
        {
            throw new ComponentException($"field tableName: '{table}' has letters other than A-Z, a-z, 0-9 and _");
        }

        var cleanup = definition.Duration("cleanupInterval", definition.Duration("cleanupIntervalInSeconds", TimeSpan.FromHours(1)));
        var database = await host.Shared.GetOrAddAsync(
            "sqlite:" + settings.Path, () => Task.Run(() => SqliteDatabase.Open(settings), CancellationToken.None)).ConfigureAwait(false);
        if (database.Settings != settings)
        {
            throw new ComponentException(
                $"field connectionString: {settings.Path} is already open with other values of busyTimeout, synchronous or disableWAL");
        }

        await database.WriteAsync(connection => SqliteTable.Create(connection, table), cancellationToken).ConfigureAwait(false);
        return new SqliteStateStore(database, new SqliteTable(table, host.Time), cleanup, host);
    }
}
