namespace Lucid.Journal;

/// <summary>The file system of the machine. Files are created 0600; locks are advisory (flock) and end with the process.</summary>
public sealed class PhysicalFileSystem : IJournalFileSystem
{
    private PhysicalFileSystem()
    {
    }

    public static PhysicalFileSystem Instance { get; } = new();

    public void CreateDirectory(string directory)
    {
        string full = Path.GetFullPath(directory);
        if (Directory.Exists(full))
        {
            return;
        }

        string? parent = Path.GetDirectoryName(full);
        if (parent is not null)
        {
            CreateDirectory(parent);
        }

        Directory.CreateDirectory(full);
        if (parent is not null)
        {
            FlushDirectory(parent);
        }
    }

    public IReadOnlyList<string> ListFiles(string directory) =>
        [.. Directory.EnumerateFiles(directory).Select(path => Path.GetFileName(path))];

    public IDisposable? TryLock(string path)
    {
        try
        {
            return new FileStream(path, OptionsFor(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException exception) when (DiskErrors.IsLocked(exception))
        {
            return null;
        }
    }

    public IJournalFile OpenWrite(string path) =>
        new PhysicalFile(new FileStream(path, OptionsFor(FileMode.OpenOrCreate, FileAccess.ReadWrite, Shared)));

    public IJournalFile OpenRead(string path) =>
        new PhysicalFile(new FileStream(path, OptionsFor(FileMode.Open, FileAccess.Read, Shared)));

    public void Delete(string path) => File.Delete(path);

    public void FlushDirectory(string directory)
    {
        // Windows has no such call: NTFS journals its directory entries.
        if (!OperatingSystem.IsWindows())
        {
            Posix.FlushDirectory(directory);
        }
    }

    private const FileShare Shared = FileShare.ReadWrite | FileShare.Delete;

    private static FileStreamOptions OptionsFor(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (mode == FileMode.OpenOrCreate && !OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }

    private sealed class PhysicalFile(FileStream stream) : IJournalFile
    {
        public long Length => RandomAccess.GetLength(stream.SafeFileHandle);

        public int Read(Span<byte> destination, long offset) => RandomAccess.Read(stream.SafeFileHandle, destination, offset);

        public void Write(ReadOnlySpan<byte> source, long offset) => RandomAccess.Write(stream.SafeFileHandle, source, offset);

        public void SetLength(long length) => RandomAccess.SetLength(stream.SafeFileHandle, length);

        public ValueTask FlushAsync()
        {
            RandomAccess.FlushToDisk(stream.SafeFileHandle);
            return ValueTask.CompletedTask;
        }

        public void Dispose() => stream.Dispose();
    }
}
