using System.Globalization;
using Lucid.Evidence;
using Lucid.Journal;

namespace Lucid.SessionStorage.Storage;

/// <summary>
/// What belongs to a session: <c>sessions/&lt;id&gt;/chunks/&lt;index&gt;.&lt;sha256&gt;.&lt;length&gt;</c>, empty files that name blobs, and small documents
/// (manifest versions, keys, receipt). A name is the whole record, so a listing is the catalogue and a rename is the write.
/// </summary>
public sealed class SessionFolder
{
    private readonly string folder;
    private readonly string chunks;

    public SessionFolder(string root, Guid session)
    {
        Session = session;
        folder = Path.Combine(root, "sessions", session.ToString("D"));
        chunks = Path.Combine(folder, "chunks");
    }

    public Guid Session { get; }

    public bool Exists => Directory.Exists(folder);

    /// <summary>Names a stored blob as a version of a chunk; durable on return. Several versions may stand side by side until the manifest says which one counts.</summary>
    public void AddChunk(ChunkReference chunk)
    {
        EnsureCreated();
        var path = Path.Combine(chunks, Name(chunk));
        if (!File.Exists(path))
        {
            File.Create(path).Dispose();
        }

        DurableFiles.FlushDirectory(chunks);
    }

    /// <summary>Every version of every chunk, by index.</summary>
    public IEnumerable<ChunkReference> Chunks() =>
        Directory.Exists(chunks)
            ? Directory.EnumerateFiles(chunks).Select(path => Parse(Path.GetFileName(path))).OfType<ChunkReference>().OrderBy(chunk => chunk.Index)
            : [];

    /// <summary>A version of a chunk: the one with <paramref name="sha256"/>, or the only one.</summary>
    public ChunkReference? Chunk(int index, Digest? sha256)
    {
        if (!Directory.Exists(chunks))
        {
            return null;
        }

        var versions = Directory.EnumerateFiles(chunks, $"{index:D8}.*").Select(path => Parse(Path.GetFileName(path))).OfType<ChunkReference>()
            .Where(chunk => sha256 is null || chunk.FileSha256 == sha256).ToList();
        return versions is [var only] ? only : null;
    }

    public Task WriteAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
    {
        EnsureCreated();
        return DurableFiles.WriteAsync(Path.Combine(folder, name), content, cancellationToken);
    }

    public async Task<byte[]?> ReadAsync(string name, CancellationToken cancellationToken)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken) : null;
    }

    /// <summary>
    /// Destroys the keys, has every blob deleted, then drops the chunks' names, so that after a crash the next attempt still knows what is left.
    /// Manifests and receipt stay as the tombstone.
    /// </summary>
    public void Shred(Action<ChunkReference> delete)
    {
        if (!Exists)
        {
            return;
        }

        File.Delete(Path.Combine(folder, SessionDocuments.Keys));
        DurableFiles.FlushDirectory(folder);
        if (Directory.Exists(chunks))
        {
            foreach (var chunk in Chunks())
            {
                delete(chunk);
            }

            Directory.Delete(chunks, recursive: true);
            DurableFiles.FlushDirectory(folder);
        }
    }

    private void EnsureCreated()
    {
        if (!Directory.Exists(chunks))
        {
            Directory.CreateDirectory(chunks);
            DurableFiles.FlushDirectory(folder);
            DurableFiles.FlushDirectory(Path.GetDirectoryName(folder)!);
        }
    }

    private static string Name(ChunkReference chunk) => string.Create(CultureInfo.InvariantCulture, $"{chunk.Index:D8}.{chunk.FileSha256}.{chunk.Length}");

    private static ChunkReference? Parse(string name)
    {
        var parts = name.Split('.');
        return parts.Length == 3 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && Digest.TryParse(parts[1], out var sha256) && int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var length)
            ? new(index, sha256, length) : null;
    }
}

/// <param name="Length">Bytes of the LCK1 file.</param>
public sealed record ChunkReference(int Index, Digest FileSha256, int Length);

/// <summary>Names of a session's documents.</summary>
public static class SessionDocuments
{
    public const string Keys = "keys.json";
    public const string Receipt = "receipt.json";

    public static string Manifest(int version) => string.Create(CultureInfo.InvariantCulture, $"manifest.{version}.json");
}
