using System.Security.Cryptography;
using Lucid.Journal;
using Microsoft.Win32.SafeHandles;

namespace Lucid.SessionStorage.Storage;

/// <summary>
/// Content-addressed files: <c>blobs/ab/cd/&lt;sha256&gt;</c>, written to <c>tmp/</c> on the same file system, synced, renamed,
/// and their folder synced before anybody is told. A blob never changes; an equal one is kept once. No caller text reaches a path:
/// addresses are 32 bytes.
/// </summary>
public sealed class BlobStore
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    /// <summary>Bytes of a blob that <c>accept</c> sees, or all of a shorter one.</summary>
    public const int HeadLength = 96;

    private readonly string root;
    private readonly string temporary;
    private readonly TimeProvider time;

    public BlobStore(string root, TimeProvider time)
    {
        this.root = Path.Combine(root, "blobs");
        this.time = time;
        temporary = Path.Combine(root, "tmp");
        Directory.CreateDirectory(this.root);
        Directory.CreateDirectory(temporary);
        foreach (var left in Directory.EnumerateFiles(temporary))
        {
            File.Delete(left); // of a write that nobody was told about
        }
    }

    /// <summary>Stores <paramref name="body"/> if it hashes to <paramref name="sha256"/>, is at most <paramref name="limit"/> bytes and passes <paramref name="accept"/>.</summary>
    /// <param name="accept">Looks at the first <see cref="HeadLength"/> bytes and the length before the blob gets its name.</param>
    public async Task<BlobWrite> WriteAsync(
        Stream body, ReadOnlyMemory<byte> sha256, long limit, Func<ReadOnlyMemory<byte>, long, bool> accept, CancellationToken cancellationToken)
    {
        var partial = Path.Combine(temporary, Guid.CreateVersion7(time.GetUtcNow()).ToString("N"));
        try
        {
            long length = 0;
            using (var handle = File.OpenHandle(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.Asynchronous))
            {
                File.SetUnixFileMode(handle, OwnerOnly);
                using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
                var buffer = new byte[128 * 1024];
                var head = new byte[HeadLength];
                int read;
                while ((read = await body.ReadAsync(buffer, cancellationToken)) > 0)
                {
                    if (length + read > limit)
                    {
                        return new(BlobOutcome.TooLarge, length);
                    }

                    if (length < HeadLength)
                    {
                        buffer.AsSpan(0, (int)Math.Min(read, HeadLength - length)).CopyTo(head.AsSpan((int)length));
                    }

                    hash.AppendData(buffer, 0, read);
                    await RandomAccess.WriteAsync(handle, buffer.AsMemory(0, read), length, cancellationToken);
                    length += read;
                }

                if (!CryptographicOperations.FixedTimeEquals(hash.GetHashAndReset(), sha256.Span))
                {
                    return new(BlobOutcome.DigestMismatch, length);
                }

                if (!accept(head.AsMemory(0, (int)Math.Min(length, HeadLength)), length))
                {
                    return new(BlobOutcome.Refused, length);
                }

                RandomAccess.FlushToDisk(handle);
            }

            var final = PathOf(sha256.Span);
            CreateFolders(Path.GetDirectoryName(final)!);
            File.Move(partial, final, overwrite: true); // an equal blob: the same bytes
            DurableFiles.FlushDirectory(Path.GetDirectoryName(final)!);
            return new(BlobOutcome.Stored, length);
        }
        catch (IOException failure) when (DurableFiles.IsDiskFull(failure))
        {
            return new(BlobOutcome.DiskFull, 0);
        }
        finally
        {
            File.Delete(partial);
        }
    }

    /// <summary>The blob for reading, or null.</summary>
    public SafeFileHandle? Open(ReadOnlySpan<byte> sha256)
    {
        var path = PathOf(sha256);
        return File.Exists(path) ? File.OpenHandle(path, options: FileOptions.Asynchronous) : null;
    }

    public void Delete(ReadOnlySpan<byte> sha256) => File.Delete(PathOf(sha256));

    private string PathOf(ReadOnlySpan<byte> sha256)
    {
        var name = Convert.ToHexStringLower(sha256);
        return Path.Combine(root, name[..2], name[2..4], name);
    }

    private void CreateFolders(string folder)
    {
        if (Directory.Exists(folder))
        {
            return;
        }

        Directory.CreateDirectory(folder);
        DurableFiles.FlushDirectory(Path.GetDirectoryName(folder)!);
        DurableFiles.FlushDirectory(root);
    }
}

public enum BlobOutcome
{
    Stored,
    DigestMismatch,
    TooLarge,
    Refused,
    DiskFull,
}

public readonly record struct BlobWrite(BlobOutcome Outcome, long Length);
