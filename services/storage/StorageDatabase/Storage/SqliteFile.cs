using Microsoft.Data.Sqlite;

namespace Lucid.StorageDatabase.Storage;

/// <summary>
/// The database file: one writing connection and pooled reading ones, write-ahead log. A file of another layout, or one that SQLite finds
/// damaged when it opens it, is made anew: all of it can be rebuilt.
/// </summary>
internal sealed partial class SqliteFile(string path, ILogger logger) : IAsyncDisposable
{
    private const int Corrupt = 11;
    private const int NotADatabase = 26;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly string _readers = Connection(path, SqliteOpenMode.ReadOnly, pooling: true);
    private SqliteConnection? _writer;

    /// <summary>Runs <paramref name="work"/> alone in a transaction and commits it. A power loss may take the last commits along, never parts of one.</summary>
    public async Task<T> WriteAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            _writer ??= Open();
            using var transaction = _writer.BeginTransaction();
            var result = work(_writer);
            transaction.Commit();
            return result;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Runs <paramref name="work"/> over one moment of the database, beside the writer.</summary>
    public async Task<T> ReadAsync<T>(Func<SqliteConnection, T> work, CancellationToken cancellationToken)
    {
        if (_writer is null)
        {
            await WriteAsync(_ => true, cancellationToken);
        }

        await using var connection = new SqliteConnection(_readers);
        await connection.OpenAsync(cancellationToken);
        await using var transaction = connection.BeginTransaction(deferred: true);
        return work(connection);
    }

    public async ValueTask DisposeAsync()
    {
        ClearReaders();
        if (_writer is not null)
        {
            await _writer.DisposeAsync();
        }

        _gate.Dispose();
    }

    private SqliteConnection Open()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        try
        {
            return Prepare();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is Corrupt or NotADatabase)
        {
            LogDamaged(e);
            Remove();
            return Prepare();
        }
    }

    private SqliteConnection Prepare()
    {
        var connection = new SqliteConnection(Connection(path, SqliteOpenMode.ReadWriteCreate, pooling: false));
        try
        {
            connection.Open();
            var version = (long)connection.Statement("PRAGMA user_version").ExecuteScalar()!;
            if (version != SqliteLayout.Version && version != 0)
            {
                LogOtherLayout(version, SqliteLayout.Version);
                connection.Dispose();
                Remove();
                return Prepare();
            }

            connection.Run("PRAGMA journal_mode=WAL");
            connection.Run("PRAGMA synchronous=NORMAL");
            if (version == 0)
            {
                connection.Run($"BEGIN IMMEDIATE; {SqliteLayout.Definition} PRAGMA user_version={SqliteLayout.Version}; COMMIT");
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private void Remove()
    {
        ClearReaders();
        foreach (var suffix in (string[])["", "-wal", "-shm"])
        {
            File.Delete(path + suffix);
        }
    }

    private void ClearReaders()
    {
        using var pool = new SqliteConnection(_readers);
        SqliteConnection.ClearPool(pool);
    }

    private static string Connection(string path, SqliteOpenMode mode, bool pooling) =>
        new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = pooling, DefaultTimeout = 5 }.ToString();

    [LoggerMessage(EventId = 8801, Level = LogLevel.Error, Message = "The read model's file is damaged; it is made anew and filled from the owners' catalogues")]
    private partial void LogDamaged(Exception exception);

    [LoggerMessage(EventId = 8802, Level = LogLevel.Information, Message = "The read model's file has layout {Found}, this build has {Expected}; it is made anew and filled from the owners' catalogues")]
    private partial void LogOtherLayout(long found, int expected);
}
