using System.Buffers.Binary;

namespace Lucid.Journal;

/// <summary>
/// Small files that hold a secret, each written before its first use and destroyed when it is no longer needed: the content and its
/// CRC32C (4 bytes, big-endian), so that what a crash left half written or half overwritten reads as absent.
/// </summary>
public static class SecretFiles
{
    private const int ChecksumLength = 4;

    /// <summary>Writes the whole file, name included, to the device; replaces what is there.</summary>
    /// <exception cref="IOException">Nothing may be relied on; write it again.</exception>
    public static async Task CreateAsync(IJournalFileSystem files, string path, ReadOnlyMemory<byte> content)
    {
        var framed = new byte[content.Length + ChecksumLength];
        content.CopyTo(framed);
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(content.Length), Checksum(content.Span));
        using (var file = files.OpenWrite(path))
        {
            file.Write(framed, 0);
            file.SetLength(framed.Length);
            await file.FlushAsync().ConfigureAwait(false);
        }

        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>The content, or null when there is none, when its writing did not end, or when its destruction began.</summary>
    public static byte[]? Read(IJournalFileSystem files, string path)
    {
        using var file = Open(files, path);
        if (file is null)
        {
            return null;
        }

        var framed = new byte[file.Length];
        var length = 0;
        while (length < framed.Length && file.Read(framed.AsSpan(length), length) is var read and > 0)
        {
            length += read;
        }

        var end = framed.Length - ChecksumLength;
        return end > 0 && Checksum(framed.AsSpan(0, end)) == BinaryPrimitives.ReadUInt32BigEndian(framed.AsSpan(end)) ? framed[..end] : null;
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

    private static uint Checksum(ReadOnlySpan<byte> content) => Crc32C.Finish(Crc32C.Append(Crc32C.Initial, content));

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
