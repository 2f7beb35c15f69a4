namespace Lucid.Journal;

/// <summary>
/// Small files that hold a secret, each written once before its first use and destroyed when it is no longer needed. After a crash a file
/// holds its whole content, or less of it, which <see cref="Read"/> and the caller's knowledge of the length tell apart.
/// </summary>
public static class SecretFiles
{
    /// <summary>Writes the whole file, name included, to the device; replaces what is there.</summary>
    /// <exception cref="IOException">The file may hold a part of the content.</exception>
    public static async Task CreateAsync(IJournalFileSystem files, string path, ReadOnlyMemory<byte> content)
    {
        using (var file = files.OpenWrite(path))
        {
            file.Write(content.Span, 0);
            file.SetLength(content.Length);
            await file.FlushAsync().ConfigureAwait(false);
        }

        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The content, or null when there is none, or when it was overwritten by a destruction that did not end.</summary>
    public static byte[]? Read(IJournalFileSystem files, string path)
    {
        using var file = Open(files, path);
        if (file is null)
        {
            return null;
        }

        var content = new byte[file.Length];
        var length = 0;
        while (length < content.Length && file.Read(content.AsSpan(length), length) is var read and > 0)
        {
            length += read;
        }

        return content.AsSpan().ContainsAnyExcept((byte)0) ? content : null;
    }

    /// <summary>Overwrites the content on the device, then removes the name; idempotent.</summary>
    /// <exception cref="IOException">The file may still be there: destroy it again.</exception>
    public static async Task DestroyAsync(IJournalFileSystem files, string path)
    {
        var present = Open(files, path);
        if (present is not null)
        {
            present.Dispose();
            using (var file = files.OpenWrite(path))
            {
                file.Write(new byte[file.Length], 0);
                await file.FlushAsync().ConfigureAwait(false);
            }

            files.Delete(path);
        }

        // Also when the name was gone: who removed it may have died before the folder was flushed.
        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    private static IJournalFile? Open(IJournalFileSystem files, string path)
    {
        try
        {
            return files.OpenRead(path);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
