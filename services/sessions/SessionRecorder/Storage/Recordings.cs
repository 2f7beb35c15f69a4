using System.Collections.Concurrent;
using Lucid.Contracts.Sessions;
using Lucid.Journal;

namespace Lucid.SessionRecorder.Storage;

/// <summary>The recordings of this recorder: a folder for each under the data path, opened at start, made by <see cref="OpenAsync"/>.</summary>
public sealed class Recordings(RecorderOptions options, SpoolKeys keys, TimeProvider time) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<Guid, SessionSpool> spools = new();
    private readonly SemaphoreSlim making = new(1, 1);

    public IEnumerable<SessionSpool> All => spools.Values;

    public SessionSpool? Find(Guid session) => spools.GetValueOrDefault(session);

    /// <summary>Opens what an earlier process left; call once before serving.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        PhysicalFileSystem.Instance.CreateDirectory(options.SessionDataPath);
        foreach (var folder in Directory.EnumerateDirectories(options.SessionDataPath))
        {
            if (!Guid.TryParseExact(Path.GetFileName(folder), "D", out var session))
            {
                continue;
            }

            if (File.Exists(SpoolKeys.PathIn(folder)))
            {
                spools[session] = await OpenFolderAsync(session, folder, cancellationToken);
            }
            else
            {
                // A crash while it was made or removed: nothing in it can be read.
                Directory.Delete(folder, recursive: true);
            }
        }
    }

    /// <summary>Begins a recording, or finds it begun.</summary>
    public async Task<OpenOutcome> OpenAsync(Guid session, StartRecording request, CancellationToken cancellationToken)
    {
        await making.WaitAsync(cancellationToken);
        try
        {
            if (!spools.TryGetValue(session, out var spool))
            {
                if (spools.Values.Count(other => other.State.Ended is null) >= options.MaxConcurrentRecordings)
                {
                    return OpenOutcome.NoCapacity;
                }

                if (options.MinFreeBytes > 0 && new DriveInfo(Path.GetFullPath(options.SessionDataPath)).AvailableFreeSpace < options.MinFreeBytes)
                {
                    return OpenOutcome.DiskFull;
                }

                var folder = FolderOf(session);
                PhysicalFileSystem.Instance.CreateDirectory(folder);
                SpoolReserve.Keep(folder);
                spool = await OpenFolderAsync(session, folder, cancellationToken);
                spools[session] = spool;
            }

            return await spool.OpenRecordingAsync(request, cancellationToken) ? OpenOutcome.Opened : OpenOutcome.StaleEpoch;
        }
        catch (Exception failure) when (DurableFiles.IsDiskFull(failure) || failure is JournalException { Failure: JournalFailure.DiskFull })
        {
            return OpenOutcome.DiskFull;
        }
        finally
        {
            making.Release();
        }
    }

    /// <summary>Destroys the key, then the rest; idempotent.</summary>
    public async Task RemoveAsync(Guid session)
    {
        await making.WaitAsync();
        try
        {
            if (spools.TryRemove(session, out var spool))
            {
                await spool.DisposeAsync();
            }

            // Not only when the spool was known: an attempt before this one may have failed half way.
            var folder = FolderOf(session);
            if (Directory.Exists(folder))
            {
                await keys.DestroyAsync(folder);
                Directory.Delete(folder, recursive: true);
            }
        }
        finally
        {
            making.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var spool in spools.Values)
        {
            await spool.DisposeAsync();
        }

        making.Dispose();
    }

    private string FolderOf(Guid session) => Path.Combine(options.SessionDataPath, session.ToString("D"));

    private async Task<SessionSpool> OpenFolderAsync(Guid session, string folder, CancellationToken cancellationToken) =>
        await SessionSpool.OpenAsync(session.ToString("D"), folder, await keys.GetAsync(session, folder), time, cancellationToken);
}

public enum OpenOutcome
{
    Opened,
    StaleEpoch,
    NoCapacity,
    DiskFull,
}
