namespace Lucid.Journal;

/// <summary>Durability for whole files beside the log: a rename is not on disk before its folder is.</summary>
public static class DurableFiles
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes the entries of a folder durable (names created, renamed or removed in it).</summary>
    /// <exception cref="IOException">The folder cannot be opened or synced.</exception>
    public static void FlushDirectory(string directory) => Posix.FlushDirectory(directory);

    /// <summary>True when the cause is that the file system or the quota has no room.</summary>
    public static bool IsDiskFull(Exception exception) => DiskErrors.IsDiskFull(exception);

    /// <summary>Replaces a file as a whole: after a crash it holds the old bytes or the new ones. Readable by the owner only.</summary>
    /// <exception cref="IOException">Nothing was replaced.</exception>
    public static async Task WriteAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        var partial = $"{path}.partial";
        using (var handle = File.OpenHandle(partial, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
        {
            File.SetUnixFileMode(handle, OwnerOnly);
            await RandomAccess.WriteAsync(handle, content, 0, cancellationToken).ConfigureAwait(false);
            RandomAccess.FlushToDisk(handle);
        }

        File.Move(partial, path, overwrite: true);
        FlushDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
