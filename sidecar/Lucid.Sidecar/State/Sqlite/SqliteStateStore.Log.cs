namespace Lucid.Sidecar.State.Sqlite;

internal sealed partial class SqliteStateStore
{
    [LoggerMessage(2701, LogLevel.Warning, "Removing expired rows failed; they stay invisible and are tried again at the next interval")]
    private partial void LogCleanupFailed(Exception failure);
}
