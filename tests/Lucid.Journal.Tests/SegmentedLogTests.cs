using System.Runtime.Versioning;

namespace Lucid.Journal.Tests;

/// <summary>On the machine's own file system.</summary>
public sealed class SegmentedLogTests : IDisposable
{
    private static readonly JournalOptions SmallSegments = new() { SegmentBytes = 200 };

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private Task<SegmentedLog> OpenAsync(JournalOptions? options = null) =>
        SegmentedLog.OpenAsync(_directory.Path, options ?? new JournalOptions(), TestContext.Current.CancellationToken);

    [Fact]
    public async Task Appended_records_get_consecutive_indexes_and_are_read_in_order()
    {
        await using SegmentedLog log = await OpenAsync();
        Assert.Equal(0, log.EndIndex);
        Assert.Equal(0, await log.AppendAsync("a"));
        Assert.Equal(1, await log.AppendAsync("b"));
        Assert.Equal(["a", "b"], await log.ReadTextsAsync());
        Assert.Equal(["b"], await log.ReadTextsAsync(1));
        Assert.Empty(await log.ReadTextsAsync(2));
    }

    [Fact]
    public async Task Records_survive_reopening_and_rotation_by_size()
    {
        string[] texts = LogExtensions.Numbered(40);
        await using (SegmentedLog log = await OpenAsync(SmallSegments))
        {
            await log.AppendAllAsync(texts);
        }

        Assert.True(_directory.Segments.Length > 5);
        Assert.All(_directory.Segments, path => Assert.InRange(new FileInfo(path).Length, 32, 200));
        await using SegmentedLog again = await OpenAsync(SmallSegments);
        Assert.Equal(JournalRecovery.Clean, again.Recovery);
        Assert.Equal(texts, await again.ReadTextsAsync());
        Assert.Equal(40, await again.AppendAsync("more"));
    }

    [Fact]
    public async Task Concurrent_appenders_get_every_index_once_and_each_finds_its_record_there()
    {
        await using SegmentedLog log = await OpenAsync(new JournalOptions { SegmentBytes = 4096, QueueCapacity = 8 });
        string[] texts = LogExtensions.Numbered(300);
        long[] indexes = await Task.WhenAll(texts.Select(text => Task.Run(async () => await log.AppendAsync(text))));
        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), indexes.Order());
        for (int i = 0; i < texts.Length; i++)
        {
            Assert.Equal(texts[i], (await log.GetAsync(indexes[i], CancellationToken.None))!.Text());
        }
    }

    [Fact]
    public async Task Indexes_follow_the_order_of_calls_even_when_the_queue_is_full()
    {
        await using SegmentedLog log = await OpenAsync(new JournalOptions { QueueCapacity = 2 });
        ValueTask<long>[] calls = [.. LogExtensions.Numbered(200).Select(log.AppendAsync)];
        for (int i = 0; i < calls.Length; i++)
        {
            Assert.Equal(i, await calls[i]);
        }

        Assert.Equal(LogExtensions.Numbered(200), await log.ReadTextsAsync());
    }

    [Fact]
    public async Task A_reader_beside_the_writer_never_sees_what_is_not_durable()
    {
        await using SegmentedLog log = await OpenAsync(new JournalOptions { SegmentBytes = 2000 });
        using var stop = new CancellationTokenSource();
        Task reading = Task.Run(async () =>
        {
            long expected = 0;
            await foreach (JournalRecord record in log.TailAsync(0, stop.Token))
            {
                Assert.Equal(expected++, record.Index);
                Assert.True(record.Index < log.EndIndex);
                if (expected == 2000)
                {
                    return;
                }
            }
        });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => log.AppendAllAsync(LogExtensions.Numbered(250)))));
        await reading.WaitAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Any_record_of_a_large_segment_is_found_by_index_even_when_opening_did_not_scan_it()
    {
        byte[] block = new byte[3000];
        var options = new JournalOptions { SegmentBytes = 1 << 20, VerifySealedSegments = false };
        await using (SegmentedLog log = await OpenAsync(options))
        {
            await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => log.AppendAsync((byte[])[(byte)i, .. block], default).AsTask()));
        }

        await using SegmentedLog again = await OpenAsync(options);
        foreach (int index in (int[])[999, 0, 347, 348, 512, 700, 999, 1])
        {
            Assert.Equal((byte)index, (await again.GetAsync(index, default))!.Payload.Span[0]);
        }

        Assert.Null(await again.GetAsync(1000, default));
    }

    [Fact]
    public async Task A_tail_delivers_old_records_and_then_new_ones_and_ends_when_the_journal_closes()
    {
        SegmentedLog log = await OpenAsync(SmallSegments);
        await log.AppendAllAsync("a", "b");
        var seen = new List<string>();
        Task tail = Task.Run(async () =>
        {
            await foreach (JournalRecord record in log.TailAsync(1, CancellationToken.None))
            {
                seen.Add(record.Text());
            }
        });
        string[] more = LogExtensions.Numbered(50);
        await log.AppendAllAsync(more);
        await log.DisposeAsync();
        await tail.WaitAsync(TestContext.Current.CancellationToken);
        Assert.Equal(["b", .. more], seen);
    }

    [Fact]
    public async Task A_waiting_tail_can_be_cancelled()
    {
        await using SegmentedLog log = await OpenAsync();
        using var cancellation = new CancellationTokenSource();
        await using IAsyncEnumerator<JournalRecord> tail = log.TailAsync(0, cancellation.Token).GetAsyncEnumerator();
        ValueTask<bool> next = tail.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
    }

    [Fact]
    public async Task A_second_writer_is_refused_until_the_first_has_closed()
    {
        SegmentedLog first = await OpenAsync();
        var refusal = await Assert.ThrowsAsync<JournalException>(() => OpenAsync());
        Assert.Equal(JournalFailure.Locked, refusal.Failure);
        Assert.Contains("already open", refusal.Message, StringComparison.Ordinal);
        await first.DisposeAsync();
        await (await OpenAsync()).DisposeAsync();
    }

    [Fact]
    public async Task Only_whole_leading_segments_are_removed_and_the_rest_opens_again()
    {
        JournalOptions options = SmallSegments with { AllowTruncateHead = true };
        string[] texts = LogExtensions.Numbered(30);
        await using (SegmentedLog log = await OpenAsync(options))
        {
            await log.AppendAllAsync(texts);
            long first = log.TruncateHead(10);
            Assert.InRange(first, 1, 10);
            Assert.Equal(texts[(int)first..], await log.ReadTextsAsync(first));
            var refusal = await Assert.ThrowsAsync<JournalException>(() => log.ReadTextsAsync(first - 1));
            Assert.Equal(JournalFailure.Removed, refusal.Failure);
            Assert.InRange(log.TruncateHead(long.MaxValue), 26, 29);
            Assert.Single(_directory.Segments);
        }

        await using SegmentedLog again = await OpenAsync(options);
        Assert.Equal(texts[(int)again.FirstIndex..], await again.ReadTextsAsync(again.FirstIndex));
        Assert.Equal(30, await again.AppendAsync("more"));
    }

    [Fact]
    public async Task A_journal_without_retention_refuses_to_remove_anything_and_misses_its_first_segment()
    {
        await using (SegmentedLog log = await OpenAsync(SmallSegments))
        {
            await log.AppendAllAsync(LogExtensions.Numbered(20));
            Assert.Throws<InvalidOperationException>(() => log.TruncateHead(10));
        }

        File.Delete(_directory.Segments[0]);
        var refusal = await Assert.ThrowsAsync<JournalException>(() => OpenAsync(SmallSegments));
        Assert.Equal(JournalFailure.MissingSegment, refusal.Failure);
    }

    [Fact]
    public async Task Empty_and_oversized_records_are_refused_and_the_largest_is_taken()
    {
        await using SegmentedLog log = await OpenAsync(new JournalOptions { MaxRecordBytes = 500_000, SegmentBytes = 1000, MaxBatchBytes = 100 });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.AppendAsync(ReadOnlyMemory<byte>.Empty, default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await log.AppendAsync(new byte[500_001], default));
        Assert.Equal(0, await log.AppendAsync(new byte[500_000], default));
        Assert.Equal(1, await log.AppendAsync("small"));
        Assert.Equal(500_000, (await log.GetAsync(0, default))!.Payload.Length);
    }

    [Fact]
    public async Task Appending_to_a_closed_journal_is_refused()
    {
        SegmentedLog log = await OpenAsync();
        await log.DisposeAsync();
        await log.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await log.AppendAsync("late"));
    }

    [Fact]
    public async Task A_cancelled_append_is_never_written()
    {
        await using SegmentedLog log = await OpenAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await log.AppendAsync(new byte[1], new CancellationToken(true)));
        Assert.Equal(0, await log.AppendAsync("first"));
        Assert.Equal(["first"], await log.ReadTextsAsync());
    }

    [Fact]
    public async Task Options_out_of_range_are_refused_by_name()
    {
        var refusal = await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => OpenAsync(new JournalOptions { SegmentBytes = 63 }));
        Assert.Contains(nameof(JournalOptions.SegmentBytes), refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Files_are_readable_by_their_owner_only()
    {
        await using SegmentedLog log = await OpenAsync();
        Assert.All(Directory.GetFiles(_directory.Path), path =>
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path)));
    }
}
