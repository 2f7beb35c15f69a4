using Lucid.Simulation;

namespace Lucid.Journal.Tests;

/// <summary>What opening makes of files that a crash or a fault has changed.</summary>
public sealed class RecoveryTests
{
    private const string Directory = "/data/log";
    private static readonly string FirstSegment = Path.Combine(Directory, Segment.NameOf(0));

    private readonly SimulatedFileSystem _files = new(seed: 1);

    private JournalOptions Options => new() { FileSystem = _files };

    private Task<SegmentedLog> OpenAsync(JournalOptions? options = null) =>
        SegmentedLog.OpenAsync(Directory, options ?? Options, TestContext.Current.CancellationToken);

    private async Task WriteAsync(JournalOptions options, params string[] texts)
    {
        await using SegmentedLog log = await OpenAsync(options);
        await log.AppendAllAsync(texts);
    }

    private string[] SegmentPaths => [.. _files.ListFiles(Directory).Where(name => name.EndsWith(".journal", StringComparison.Ordinal)).Select(name => Path.Combine(Directory, name))];

    [Fact]
    public async Task A_torn_tail_is_cut_at_the_last_whole_record_wherever_the_file_ends()
    {
        string[] texts = ["one", "two two", "three three three", "four"];
        await WriteAsync(Options, texts);
        byte[] whole = _files.ReadAll(FirstSegment);
        int last = whole.Length - RecordFormat.SizeOf(texts[3].Length);
        int lastButOne = last - RecordFormat.SizeOf(texts[2].Length);
        for (int length = lastButOne; length <= whole.Length; length++)
        {
            _files.Replace(FirstSegment, whole[..length]);
            int kept = length == whole.Length ? 4 : length >= last ? 3 : 2;
            int border = kept == 4 ? whole.Length : kept == 3 ? last : lastButOne;
            await using (SegmentedLog log = await OpenAsync())
            {
                Assert.Equal(length - border, log.Recovery.CutBytes);
                Assert.Equal(texts[..kept], await log.ReadTextsAsync());
                Assert.Equal(kept, await log.AppendAsync("next"));
            }

            await using SegmentedLog again = await OpenAsync();
            Assert.Equal(texts[..kept].Append("next"), await again.ReadTextsAsync());
        }
    }

    [Fact]
    public async Task Zeros_after_the_last_record_are_cut()
    {
        await WriteAsync(Options, "one", "two");
        byte[] whole = _files.ReadAll(FirstSegment);
        _files.Replace(FirstSegment, [.. whole, .. new byte[5000]]);
        await using SegmentedLog log = await OpenAsync();
        Assert.Equal(5000, log.Recovery.CutBytes);
        Assert.Equal(["one", "two"], await log.ReadTextsAsync());
    }

    [Fact]
    public async Task Every_flipped_bit_before_the_last_record_is_reported_with_file_and_offset()
    {
        string[] texts = ["one", "two", "three"];
        await WriteAsync(Options, texts);
        byte[] whole = _files.ReadAll(FirstSegment);
        int[] starts = [SegmentHeader.Size, SegmentHeader.Size + RecordFormat.SizeOf(3), whole.Length - RecordFormat.SizeOf(5)];
        for (int bit = SegmentHeader.Size * 8; bit < starts[2] * 8; bit++)
        {
            byte[] damaged = [.. whole];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));
            _files.Replace(FirstSegment, damaged);
            var failure = await Assert.ThrowsAsync<JournalException>(() => OpenAsync());
            Assert.Equal(JournalFailure.Corrupt, failure.Failure);
            Assert.Equal(FirstSegment, failure.File);
            Assert.Equal(bit / 8 < starts[1] ? starts[0] : starts[1], failure.Offset);
            Assert.Equal(damaged, _files.ReadAll(FirstSegment));
        }
    }

    [Fact]
    public async Task Damage_in_an_older_segment_is_reported_even_at_its_very_end()
    {
        JournalOptions options = Options with { SegmentBytes = 150 };
        await WriteAsync(options, LogExtensions.Numbered(20));
        string older = SegmentPaths[2];
        byte[] bytes = _files.ReadAll(older);
        bytes[^1] ^= 1;
        _files.Replace(older, bytes);
        var failure = await Assert.ThrowsAsync<JournalException>(() => OpenAsync(options));
        Assert.Equal((JournalFailure.Corrupt, older), (failure.Failure, failure.File));
    }

    [Fact]
    public async Task An_older_segment_that_was_cut_short_is_reported_even_at_a_record_border()
    {
        JournalOptions options = Options with { SegmentBytes = 150 };
        await WriteAsync(options, LogExtensions.Numbered(20));
        string older = SegmentPaths[1];
        _files.Replace(older, _files.ReadAll(older)[..^RecordFormat.SizeOf("record 1".Length)]);
        var failure = await Assert.ThrowsAsync<JournalException>(() => OpenAsync(options));
        Assert.Equal(JournalFailure.MissingSegment, failure.Failure);
    }

    [Fact]
    public async Task Damage_in_a_segment_that_opening_did_not_scan_is_reported_when_it_is_read()
    {
        JournalOptions options = Options with { SegmentBytes = 150, VerifySealedSegments = false };
        await WriteAsync(options, LogExtensions.Numbered(20));
        byte[] bytes = _files.ReadAll(FirstSegment);
        bytes[^10] ^= 1;
        _files.Replace(FirstSegment, bytes);
        await using SegmentedLog log = await OpenAsync(options);
        var failure = await Assert.ThrowsAsync<JournalException>(() => log.ReadTextsAsync());
        Assert.Equal((JournalFailure.Corrupt, FirstSegment), (failure.Failure, failure.File));
        Assert.NotEmpty(await log.ReadTextsAsync(10));
    }

    [Fact]
    public async Task A_missing_middle_segment_is_reported()
    {
        JournalOptions options = Options with { SegmentBytes = 150 };
        await WriteAsync(options, LogExtensions.Numbered(20));
        _files.Delete(SegmentPaths[2]);
        var failure = await Assert.ThrowsAsync<JournalException>(() => OpenAsync(options));
        Assert.Equal(JournalFailure.MissingSegment, failure.Failure);
    }

    [Fact]
    public async Task A_segment_under_the_name_of_another_is_refused()
    {
        JournalOptions options = Options with { SegmentBytes = 150 };
        await WriteAsync(options, LogExtensions.Numbered(20));
        _files.Replace(SegmentPaths[2], _files.ReadAll(SegmentPaths[1]));
        var failure = await Assert.ThrowsAsync<JournalException>(() => OpenAsync(options));
        Assert.Equal((JournalFailure.Corrupt, SegmentPaths[2]), (failure.Failure, failure.File));
    }

    [Fact]
    public async Task A_file_that_calls_itself_a_segment_but_is_none_is_refused()
    {
        await WriteAsync(Options, "one");
        _files.Replace(Path.Combine(Directory, "copy.journal"), [1]);
        var failure = await Assert.ThrowsAsync<JournalException>(() => OpenAsync());
        Assert.Equal(JournalFailure.Corrupt, failure.Failure);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(32)]
    public async Task A_segment_whose_creation_was_interrupted_is_made_anew(int length)
    {
        JournalOptions options = Options with { SegmentBytes = 150 };
        string[] texts = LogExtensions.Numbered(12);
        await WriteAsync(options, texts);
        long end = 12;
        _files.Replace(Path.Combine(Directory, Segment.NameOf(end)), new byte[length]);
        await using SegmentedLog log = await OpenAsync(options);
        Assert.Equal(length, log.Recovery.CutBytes);
        Assert.Equal(end, await log.AppendAsync("next"));
        Assert.Equal(texts.Append("next"), await log.ReadTextsAsync());
    }

    [Fact]
    public async Task A_destroyed_head_of_a_segment_with_records_is_reported()
    {
        await WriteAsync(Options, "one");
        byte[] bytes = _files.ReadAll(FirstSegment);
        bytes.AsSpan(0, SegmentHeader.Size).Clear();
        _files.Replace(FirstSegment, bytes);
        var failure = await Assert.ThrowsAsync<JournalException>(() => OpenAsync());
        Assert.Equal((JournalFailure.Corrupt, 0L), (failure.Failure, failure.Offset));
    }

    [Fact]
    public async Task A_batch_of_which_the_device_took_only_the_end_was_never_acknowledged_and_is_cut()
    {
        await WriteAsync(Options, "durable");
        byte[] whole = _files.ReadAll(FirstSegment);
        uint seed = SegmentHeader.TryRead(whole)!.Value.ChecksumSeed;
        int size = RecordFormat.SizeOf(100);
        byte[] batch = new byte[3 * size];
        for (int i = 0; i < 3; i++)
        {
            RecordFormat.Write(batch.AsSpan(i * size), seed, 1 + i, i, new byte[100]);
        }

        batch.AsSpan(0, size).Clear();
        _files.Replace(FirstSegment, [.. whole, .. batch]);
        await using SegmentedLog log = await OpenAsync();
        Assert.Equal(batch.Length, log.Recovery.CutBytes);
        Assert.Equal(["durable"], await log.ReadTextsAsync());
    }

    [Fact]
    public async Task Bytes_of_a_journal_inside_a_torn_payload_are_not_taken_for_records()
    {
        var other = new SimulatedFileSystem(seed: 2);
        await using (SegmentedLog inner = await SegmentedLog.OpenAsync(Directory, new JournalOptions { FileSystem = other }, default))
        {
            await inner.AppendAllAsync(LogExtensions.Numbered(9));
        }

        await WriteAsync(Options, "one");
        byte[] before = _files.ReadAll(FirstSegment);
        await using (SegmentedLog log = await OpenAsync())
        {
            await log.AppendAsync(other.ReadAll(FirstSegment), default);
        }

        _files.Replace(FirstSegment, _files.ReadAll(FirstSegment)[..^1]);
        await using SegmentedLog again = await OpenAsync();
        Assert.Equal(["one"], await again.ReadTextsAsync());
        Assert.Equal(before.Length, _files.ReadAll(FirstSegment).Length);
    }

    [Fact]
    public async Task What_a_killed_process_left_in_memory_is_made_durable_before_it_is_shown()
    {
        await WriteAsync(Options, "one");
        await using (SegmentedLog log = await OpenAsync())
        {
            _files.CrashAtOperation = _files.Operations + 2; // written, not flushed
            await Assert.ThrowsAsync<JournalException>(async () => await log.AppendAsync("two"));
        }

        _files.KillProcesses();
        string[] shown;
        await using (SegmentedLog log = await OpenAsync())
        {
            shown = await log.ReadTextsAsync();
            Assert.Equal(["one", "two"], shown);
        }

        _files.LosePower();
        await using SegmentedLog again = await OpenAsync();
        Assert.Equal(shown, await again.ReadTextsAsync());
    }
}
