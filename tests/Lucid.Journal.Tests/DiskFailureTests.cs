using Lucid.Simulation;

namespace Lucid.Journal.Tests;

public sealed class DiskFailureTests
{
    private const string Directory = "/data/log";

    private readonly SimulatedFileSystem _files = new(seed: 3);

    private Task<SegmentedLog> OpenAsync(int segmentBytes = 64 << 20) =>
        SegmentedLog.OpenAsync(Directory, new JournalOptions { FileSystem = _files, SegmentBytes = segmentBytes }, default);

    [Fact]
    public async Task A_full_disk_refuses_the_append_leaves_no_trace_and_work_goes_on_when_space_returns()
    {
        await using SegmentedLog log = await OpenAsync();
        await log.AppendAsync("kept");
        long used = _files.UsedBytes;
        _files.Capacity = used + 30;
        var refusal = await Assert.ThrowsAsync<JournalException>(async () => await log.AppendAsync("does not fit any more"));
        Assert.Equal(JournalFailure.DiskFull, refusal.Failure);
        Assert.Equal(used, _files.UsedBytes);
        Assert.Equal(1, await log.AppendAsync("fits"));
        _files.Capacity = null;
        Assert.Equal(2, await log.AppendAsync("does not fit any more"));
        Assert.Equal(["kept", "fits", "does not fit any more"], await log.ReadTextsAsync());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(40)]
    public async Task A_disk_that_fills_up_while_a_segment_is_added_leaves_the_journal_usable(int room)
    {
        await using (SegmentedLog log = await OpenAsync(segmentBytes: 100))
        {
            await log.AppendAllAsync("record 0", "record 1");
            _files.Capacity = _files.UsedBytes + room;
            for (int attempt = 0; attempt < 2; attempt++)
            {
                var refusal = await Assert.ThrowsAsync<JournalException>(async () => await log.AppendAsync("record 2"));
                Assert.Equal(JournalFailure.DiskFull, refusal.Failure);
            }

            _files.Capacity = null;
            Assert.Equal(2, await log.AppendAsync("record 2"));
        }

        await using SegmentedLog again = await OpenAsync(segmentBytes: 100);
        Assert.Equal(LogExtensions.Numbered(3), await again.ReadTextsAsync());
    }

    [Fact]
    public async Task After_a_failed_flush_nothing_is_acknowledged_any_more_and_the_refused_record_does_not_come_back()
    {
        await using (SegmentedLog log = await OpenAsync())
        {
            await log.AppendAsync("kept");
            _files.FailingFlushes = 1;
            var refusal = await Assert.ThrowsAsync<JournalException>(async () => await log.AppendAsync("lost"));
            Assert.Equal(JournalFailure.Failed, refusal.Failure);
            refusal = await Assert.ThrowsAsync<JournalException>(async () => await log.AppendAsync("later"));
            Assert.Equal(JournalFailure.Failed, refusal.Failure);
            Assert.Equal(1, log.EndIndex);
            Assert.Equal(["kept"], await log.ReadTextsAsync());
        }

        _files.LosePower();
        await using SegmentedLog again = await OpenAsync();
        Assert.Equal(["kept"], await again.ReadTextsAsync());
        Assert.Equal(1, await again.AppendAsync("new"));
    }

    [Fact]
    public async Task A_tail_ends_with_the_failure_when_no_more_records_can_come()
    {
        await using SegmentedLog log = await OpenAsync();
        await using IAsyncEnumerator<JournalRecord> tail = log.TailAsync(0, default).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();
        _files.FailingFlushes = 1;
        await Assert.ThrowsAsync<JournalException>(async () => await log.AppendAsync("lost"));
        var failure = await Assert.ThrowsAsync<JournalException>(async () => await next);
        Assert.Equal(JournalFailure.Failed, failure.Failure);
    }
}
