using System.Collections.Concurrent;
using Lucid.Sidecar.Components;
using Microsoft.Data.Sqlite;

namespace Lucid.Sidecar.State.Sqlite;

/// <summary>
/// One database file: a single writing thread with group commit, and as many reading connections as there are readers at once.
/// <para>
/// The writer takes everything that waits, runs it inside one transaction and commits once, so writes that arrive while the disk
/// is busy share the next flush. Each unit of work is all or nothing by itself: a refusal (<see cref="StateStoreException"/>) is
/// thrown before its first change and leaves its neighbours alone. When SQLite itself fails, the batch is rolled back and its
/// units are run again one by one, so that only the culprit fails. Callers hear of an outcome after the commit, never before.
/// </para>
/// </summary>
internal sealed class SqliteDatabase : IAsyncDisposable
{
    private const int MaxBatch = 512;

    private readonly BlockingCollection<Work> queue = [];
    private readonly ConcurrentBag<SqliteReader> readers = [];
    private readonly TaskCompletionSource stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly SqliteConnection writer;

    private SqliteDatabase(SqliteSettings settings, SqliteConnection writer)
    {
        Settings = settings;
        this.writer = writer;
        new Thread(Run) { IsBackground = true, Name = "sqlite " + Path.GetFileName(settings.Path) }.Start();
    }

    public SqliteSettings Settings { get; }

    /// <exception cref="ComponentException">The file cannot be opened.</exception>
    public static SqliteDatabase Open(SqliteSettings settings)
    {
        SqliteConnection? connection = null;
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(settings.Path)!);
            connection = Connect(settings);
            Execute(connection, $"PRAGMA journal_mode={(settings.WriteAheadLog ? "WAL" : "DELETE")}");
            Execute(connection, $"PRAGMA synchronous={settings.Synchronous}");
            return new SqliteDatabase(settings, connection);
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            connection?.Dispose();
            throw new ComponentException($"field connectionString: cannot open {settings.Path}: {failure.Message}", failure);
        }
    }

    /// <summary>Runs <paramref name="work"/> on the writing thread; completes when its transaction is on disk.</summary>
    /// <exception cref="StateStoreException">The work refused, or SQLite failed.</exception>
    public Task WriteAsync(Action<SqliteConnection> work, CancellationToken cancellationToken)
    {
        var item = new Work(work, cancellationToken);
        try
        {
            queue.Add(item, cancellationToken);
        }
        catch (InvalidOperationException closed)
        {
            throw new StateStoreException(StateStoreFailure.Other, "the database is closed", closed);
        }

        return item.Done.Task;
    }

    /// <summary>Reads on a connection of the caller's own; sees every write that was acknowledged before.</summary>
    public T Read<T>(Func<SqliteReader, T> read)
    {
        SqliteReader? reader = null;
        try
        {
            if (!readers.TryTake(out reader))
            {
                reader = new SqliteReader(Connect(Settings));
            }

            var result = read(reader);
            readers.Add(reader);
            return result;
        }
        catch (SqliteException failure)
        {
            reader?.Dispose();
            throw Failure(failure);
        }
    }

    public async ValueTask DisposeAsync()
    {
        queue.CompleteAdding();
        await stopped.Task.ConfigureAwait(false);
        while (readers.TryTake(out var reader))
        {
            reader.Dispose();
        }

        await writer.DisposeAsync().ConfigureAwait(false);
        queue.Dispose();
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the only texts are constants of this folder and table names of checked letters
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Connect(SqliteSettings settings)
    {
        var text = new SqliteConnectionStringBuilder
        {
            DataSource = settings.Path,
            Pooling = false,
            DefaultTimeout = Math.Max(1, (int)Math.Ceiling(settings.BusyTimeout.TotalSeconds)),
        };
        var connection = new SqliteConnection(text.ToString());
        connection.Open();
        Execute(connection, FormattableString.Invariant($"PRAGMA busy_timeout={(long)settings.BusyTimeout.TotalMilliseconds}"));
        return connection;
    }

    private void Run()
    {
        List<Work> batch = [];
        foreach (var first in queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < MaxBatch && queue.TryTake(out var next))
            {
                batch.Add(next);
            }

            Commit(batch);
            batch.Clear();
        }

        stopped.SetResult();
    }

    private void Commit(List<Work> batch)
    {
        batch.RemoveAll(work => work.IsCancelled());
        if (TryCommit(batch) is not { } failure)
        {
            return;
        }

        if (batch.Count == 1)
        {
            batch[0].Done.SetException(failure);
            return;
        }

        foreach (var work in batch)
        {
            Commit([work]);
        }
    }

    /// <summary>Null when the batch is decided; otherwise why nothing of it was written.</summary>
    private StateStoreException? TryCommit(List<Work> batch)
    {
        var refusals = new StateStoreException?[batch.Count];
        try
        {
            Execute(writer, "BEGIN IMMEDIATE");
            for (var i = 0; i < batch.Count; i++)
            {
                try
                {
                    batch[i].Apply(writer);
                }
                catch (StateStoreException refusal)
                {
                    refusals[i] = refusal;
                }
            }

            Execute(writer, "COMMIT");
        }
        catch (Exception failure)
        {
            // Whatever went wrong is told to the callers; the thread must live on for the others.
            return RollBack(failure);
        }

        for (var i = 0; i < batch.Count; i++)
        {
            batch[i].Decide(refusals[i]);
        }

        return null;
    }

    private StateStoreException RollBack(Exception failure)
    {
        try
        {
            Execute(writer, "ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite rolls back by itself on the graver errors; there is then no transaction left to end.
        }

        return Failure(failure);
    }

    private static StateStoreException Failure(Exception failure) =>
        new(StateStoreFailure.Other, failure.Message, failure);

    private sealed class Work(Action<SqliteConnection> apply, CancellationToken cancellationToken)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Apply(SqliteConnection connection) => apply(connection);

        public bool IsCancelled() => cancellationToken.IsCancellationRequested && Done.TrySetCanceled(cancellationToken);

        public void Decide(StateStoreException? refusal)
        {
            if (refusal is null)
            {
                Done.SetResult();
            }
            else
            {
                Done.SetException(refusal);
            }
        }
    }
}
