namespace Lucid.Journal;

/// <summary>
/// What a journal needs of a file system. Production uses <see cref="PhysicalFileSystem"/>; tests put a simulated one here
/// that tears writes, fills up and crashes. Failures are <see cref="IOException"/> with the error number as HResult.
/// </summary>
public interface IJournalFileSystem
{
    /// <summary>Creates the directory and its parents durably; does nothing when it exists.</summary>
    void CreateDirectory(string directory);

    /// <summary>Names (not paths) of the files in the directory, in any order.</summary>
    IReadOnlyList<string> ListFiles(string directory);

    /// <summary>Takes the exclusive lock <paramref name="path"/>, or returns null when somebody else holds it. Disposing releases it.</summary>
    IDisposable? TryLock(string path);

    /// <summary>Opens for reading and writing; creates the file when it is missing.</summary>
    IJournalFile OpenWrite(string path);

    /// <summary>Opens for reading. <see cref="FileNotFoundException"/> when it is missing.</summary>
    IJournalFile OpenRead(string path);

    void Delete(string path);

    /// <summary>Makes created and deleted names of the directory durable.</summary>
    void FlushDirectory(string directory);
}
