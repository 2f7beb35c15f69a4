using Lucid.Contracts.Sessions;
using Lucid.Journal;
using Lucid.SessionRecorder.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.SessionRecorder.Tests;

public sealed class RecordingsTests : IDisposable
{
    private static readonly Guid First = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8057");
    private static readonly Guid Second = Guid.Parse("01890a5d-ac96-774b-bcce-b302099a8058");
    private readonly string root = Directory.CreateTempSubdirectory("recordings").FullName;
    private readonly SpoolKeys keys = new(PhysicalFileSystem.Instance);

    public RecordingsTests() => keys.Unlock(new byte[32]);

    public void Dispose()
    {
        keys.Dispose();
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task A_recording_is_found_again_after_a_restart_with_what_it_had()
    {
        await using (var before = await OpenAsync())
        {
            Assert.Equal(OpenOutcome.Opened, await before.OpenAsync(First, Request(First), default));
            await before.Find(First)!.IngestAsync(1, 0, 0, Sample.Range(0, Sample.Borders[1]), default);
        }

        await using var after = await OpenAsync();
        Assert.Equal(Sample.Borders[1], after.Find(First)!.State.Offset);
        Assert.Equal(OpenOutcome.StaleEpoch, await after.OpenAsync(First, Request(First) with { Epoch = 0 }, default));
    }

    [Fact]
    public async Task More_recordings_than_allowed_are_refused_until_one_has_ended()
    {
        await using var recordings = await OpenAsync(most: 1);
        await recordings.OpenAsync(First, Request(First), default);
        Assert.Equal(OpenOutcome.NoCapacity, await recordings.OpenAsync(Second, Request(Second), default));
        await recordings.Find(First)!.EndAsync("stopped", default);
        Assert.Equal(OpenOutcome.Opened, await recordings.OpenAsync(Second, Request(Second), default));
    }

    [Fact]
    public async Task Too_little_free_space_refuses_a_new_recording()
    {
        await using var recordings = await OpenAsync(free: long.MaxValue);
        Assert.Equal(OpenOutcome.DiskFull, await recordings.OpenAsync(First, Request(First), default));
    }

    [Fact]
    public async Task Removing_destroys_the_folder_however_often_it_is_asked()
    {
        await using var recordings = await OpenAsync();
        await recordings.OpenAsync(First, Request(First), default);
        await recordings.RemoveAsync(First);
        await recordings.RemoveAsync(First);
        Assert.Null(recordings.Find(First));
        Assert.Empty(Directory.GetDirectories(root));
    }

    [Fact]
    public async Task A_removal_that_stopped_after_the_key_is_finished_at_the_next_start()
    {
        await using (var before = await OpenAsync())
        {
            await before.OpenAsync(First, Request(First), default);
            await before.Find(First)!.IngestAsync(1, 0, 0, Sample.Range(0, Sample.Borders[1]), default);
        }

        File.Delete(Path.Combine(root, First.ToString("D"), "key"));
        await using var after = await OpenAsync();
        Assert.Null(after.Find(First));
        Assert.Empty(Directory.GetDirectories(root));
    }

    [Fact]
    public async Task A_removal_that_failed_half_way_is_repeated_whole()
    {
        await using var recordings = await OpenAsync();
        Directory.CreateDirectory(Path.Combine(root, First.ToString("D"), "units"));
        await File.WriteAllBytesAsync(Path.Combine(root, First.ToString("D"), "key"), new byte[60], TestContext.Current.CancellationToken);
        await recordings.RemoveAsync(First);
        Assert.Empty(Directory.GetDirectories(root));
    }

    [Fact]
    public async Task A_spool_key_opens_only_under_its_session_and_the_recorders_key()
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "keys")).FullName;
        var key = await keys.GetAsync(First, folder);
        Assert.Equal(key, await keys.GetAsync(First, folder));
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => keys.GetAsync(Second, folder));
        using var other = new SpoolKeys(PhysicalFileSystem.Instance);
        other.Unlock([.. Enumerable.Repeat((byte)1, 32)]);
        await Assert.ThrowsAnyAsync<System.Security.Cryptography.CryptographicException>(() => other.GetAsync(First, folder));
        Directory.Delete(folder, recursive: true);
    }

    private static StartRecording Request(Guid session) => new(session.ToString("D"), "owner", 1, SpoolRig.Token, 1 << 20, 1 << 30, 0);

    private async Task<Recordings> OpenAsync(int most = 10, long free = 0)
    {
        var recordings = new Recordings(
            new RecorderOptions { SessionDataPath = root, MaxConcurrentRecordings = most, MinFreeBytes = free }, keys, new FakeTimeProvider());
        await recordings.LoadAsync(default);
        return recordings;
    }
}
