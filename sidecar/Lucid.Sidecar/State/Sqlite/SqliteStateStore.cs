using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.State.Sqlite;

/// <summary>One app's view of a table of a shared database file.</summary>
internal sealed partial class SqliteStateStore : IStateStore
{
    private readonly SqliteDatabase database;
    private readonly SqliteTable table;
    private readonly ILogger logger;
    private readonly ITimer? cleanup;

    public SqliteStateStore(SqliteDatabase database, SqliteTable table, TimeSpan cleanupInterval, ComponentHost host)
    {
        this.database = database;
        this.table = table;
        logger = host.Loggers.CreateLogger<SqliteStateStore>();
        cleanup = cleanupInterval > TimeSpan.Zero
            ? host.Time.CreateTimer(_ => _ = RemoveExpiredAsync(), null, cleanupInterval, cleanupInterval)
            : null;
    }

    public bool IsTransactional => true;

    public ValueTask<StateValue?> GetAsync(string key, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(database.Read(reader => table.Read(reader, key)));
    }

    public ValueTask SetAsync(StateSet operation, CancellationToken cancellationToken) =>
        new(database.WriteAsync(connection => table.Apply(connection, operation), cancellationToken));

    public ValueTask DeleteAsync(StateDelete operation, CancellationToken cancellationToken) =>
        new(database.WriteAsync(connection => table.Apply(connection, operation), cancellationToken));

    public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) =>
        new(database.WriteAsync(connection => table.ApplyAll(connection, operations), cancellationToken));

    public ValueTask DisposeAsync() => cleanup?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async Task RemoveExpiredAsync()
    {
        try
        {
            await database.WriteAsync(table.RemoveExpired, CancellationToken.None).ConfigureAwait(false);
        }
        catch (StateStoreException failure)
        {
            LogCleanupFailed(failure);
        }
    }
}
