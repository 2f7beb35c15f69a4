using System.Security.Cryptography;
using Lucid.Evidence;
using Lucid.SessionStorage.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.SessionStorage.Tests;

public sealed class BlobStoreTests : IDisposable
{
    private readonly string root = Directory.CreateTempSubdirectory("blobs").FullName;

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public async Task A_blob_lies_under_its_hash_for_its_owner_only_and_an_equal_one_is_kept_once()
    {
        var store = Open();
        var bytes = RandomNumberGenerator.GetBytes(300_000);
        Assert.Equal(new BlobWrite(BlobOutcome.Stored, bytes.Length), await WriteAsync(store, bytes));
        Assert.Equal(BlobOutcome.Stored, (await WriteAsync(store, bytes)).Outcome);
        var name = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var file = Assert.Single(Files());
        Assert.Equal(Path.Combine(root, "blobs", name[..2], name[2..4], name), file);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        using var handle = store.Open(SHA256.HashData(bytes))!;
        Assert.Equal(bytes.Length, RandomAccess.GetLength(handle));
        Assert.Null(store.Open(new byte[32]));
    }

    [Fact]
    public async Task Bytes_that_do_not_have_the_digest_or_are_too_many_leave_nothing()
    {
        var store = Open();
        var bytes = RandomNumberGenerator.GetBytes(1000);
        Assert.Equal(BlobOutcome.DigestMismatch, (await store.WriteAsync(new MemoryStream(bytes), new byte[32], 1000, (_, _) => true, default)).Outcome);
        Assert.Equal(BlobOutcome.TooLarge, (await WriteAsync(store, bytes, limit: 999)).Outcome);
        Assert.Equal(BlobOutcome.Refused, (await WriteAsync(store, bytes, accept: false)).Outcome);
        Assert.Empty(Files());
        Assert.Equal(BlobOutcome.Stored, (await WriteAsync(store, bytes, limit: 1000)).Outcome);
    }

    [Fact]
    public async Task A_refused_upload_does_not_touch_the_blob_that_is_there()
    {
        var store = Open();
        var bytes = RandomNumberGenerator.GetBytes(1000);
        await WriteAsync(store, bytes);
        var before = File.GetLastWriteTimeUtc(Files().Single());
        await WriteAsync(store, bytes, accept: false);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(Files().Single(), TestContext.Current.CancellationToken));
        Assert.Equal(before, File.GetLastWriteTimeUtc(Files().Single()));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(95)]
    [InlineData(96)]
    [InlineData(5000)]
    public async Task The_check_sees_the_beginning_and_the_length_however_the_body_arrives(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        byte[]? head = null;
        await Open().WriteAsync(
            new Trickle(bytes), SHA256.HashData(bytes), 5000, (seen, whole) => (head = seen.ToArray()) is not null && whole == length, default);
        Assert.Equal(bytes[..Math.Min(96, length)], head);
    }

    [Fact]
    public async Task A_body_that_breaks_off_and_what_a_crash_left_are_gone()
    {
        var store = Open();
        await Assert.ThrowsAsync<IOException>(() => store.WriteAsync(new Trickle(new byte[500], breaksOff: true), new byte[32], 1000, (_, _) => true, default));
        Assert.Empty(Files());
        await File.WriteAllBytesAsync(Path.Combine(root, "tmp", "left"), new byte[10], TestContext.Current.CancellationToken);
        Open();
        Assert.Empty(Files());
    }

    [Fact]
    public async Task A_full_volume_is_an_outcome()
    {
        var bytes = new byte[100];
        Assert.Equal(
            BlobOutcome.DiskFull, (await Open().WriteAsync(new Trickle(bytes, error: 28), SHA256.HashData(bytes), 1000, (_, _) => true, default)).Outcome);
        Assert.Empty(Files());
    }

    [Fact]
    public void A_session_folder_names_every_version_and_ignores_what_is_no_chunk()
    {
        var folder = new SessionFolder(root, StorageRig.Session);
        Assert.False(folder.Exists);
        Assert.Empty(folder.Chunks());
        folder.Shred(_ => Assert.Fail("nothing is there"));
        Assert.False(folder.Exists);
        var (one, two) = (new ChunkReference(7, Digest.Of("a"u8), 120), new ChunkReference(7, Digest.Of("b"u8), 130));
        folder.AddChunk(one);
        folder.AddChunk(one);
        Assert.Equal(one, folder.Chunk(7, null));
        folder.AddChunk(two);
        Assert.Null(folder.Chunk(7, null));
        Assert.Equal(two, folder.Chunk(7, two.FileSha256));
        Assert.Null(folder.Chunk(8, null));
        folder.AddChunk(new(0, Digest.Of("c"u8), 1));
        var names = Path.Combine(root, "sessions", StorageRig.Session.ToString("D"), "chunks");
        Assert.True(File.Exists(Path.Combine(names, $"00000007.{one.FileSha256}.120")));
        foreach (var strange in (string[])["x", "00000001.zz.3", $"-1.{one.FileSha256}.3", $"1.{one.FileSha256}.3.4"])
        {
            File.Create(Path.Combine(names, strange)).Dispose();
        }

        Assert.Equal([0, 7, 7], folder.Chunks().Select(chunk => chunk.Index));
    }

    [Fact]
    public async Task Shredding_that_stops_half_way_can_be_repeated()
    {
        var folder = new SessionFolder(root, StorageRig.Session);
        folder.AddChunk(new(0, Digest.Of("a"u8), 1));
        folder.AddChunk(new(1, Digest.Of("b"u8), 1));
        await folder.WriteAsync(SessionDocuments.Keys, new byte[3], default);
        await folder.WriteAsync(SessionDocuments.Manifest(1), new byte[4], default);
        Assert.Throws<IOException>(() => folder.Shred(chunk => throw new IOException("the power went")));
        Assert.Null(await folder.ReadAsync(SessionDocuments.Keys, default));
        var deleted = new List<int>();
        folder.Shred(chunk => deleted.Add(chunk.Index));
        Assert.Equal([0, 1], deleted);
        Assert.Empty(folder.Chunks());
        Assert.Equal(new byte[4], await folder.ReadAsync(SessionDocuments.Manifest(1), default));
    }

    private BlobStore Open() => new(root, new FakeTimeProvider());

    private List<string> Files() => [.. Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)];

    private static Task<BlobWrite> WriteAsync(BlobStore store, byte[] bytes, long limit = 1 << 20, bool accept = true) =>
        store.WriteAsync(new MemoryStream(bytes), SHA256.HashData(bytes), limit, (_, _) => accept, default);

    /// <summary>Gives 7 bytes at a time; breaks off, or fails with an error number, when they are used up.</summary>
    private sealed class Trickle(byte[] bytes, bool breaksOff = false, int? error = null) : MemoryStream(bytes)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var read = await base.ReadAsync(buffer[..Math.Min(7, buffer.Length)], cancellationToken);
            return read > 0 || (!breaksOff && error is null) ? read : throw new IOException("the end", error ?? 104);
        }
    }
}
