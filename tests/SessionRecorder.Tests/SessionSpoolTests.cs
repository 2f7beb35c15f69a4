using System.Buffers.Binary;
using Lucid.Contracts.Sessions;
using Lucid.SessionRecorder.Domain;

namespace Lucid.SessionRecorder.Tests;

public sealed class SessionSpoolTests
{
    [Fact]
    public async Task Chunks_hold_the_runs_byte_for_byte_under_indices_without_gap()
    {
        await using var rig = await SpoolRig.BeginAsync();
        await rig.DeliverAsync(0);
        rig.Clock.Advance(TimeSpan.FromSeconds(9));
        await rig.DeliverAsync(1);
        var ended = await rig.Spool.EndAsync("stopped", default);
        Assert.Equal(Sample.Bytes, await rig.ReadRunAsync(0));
        Assert.Equal(Sample.Bytes, await rig.ReadRunAsync(1));
        rig.AssertChunksAreSound();
        Assert.Equal([0, 3], rig.Spool.State.Chunks.Values.Where(cut => cut.Stream == ChunkStreams.Init).Select(cut => cut.Index));
        Assert.Equal(120, rig.Spool.State.Chunks.Values.Sum(cut => cut.Frames));
        Assert.Equal((6, 13_000L), (ended.ChunkCount, ended.DurationMs));
        Assert.Equal(ended, await rig.Spool.EndAsync("again", default));
        Assert.Equal([false, false, false, false, false, true], rig.Spool.State.Chunks.Values.Select(cut => cut.Final));
    }

    [Fact]
    public async Task A_second_run_begins_after_the_first_even_when_media_came_faster_than_time_passed()
    {
        await using var rig = await SpoolRig.BeginAsync();
        await rig.DeliverAsync(0);
        rig.Clock.AdjustTime(rig.Clock.Start.AddSeconds(-5));
        await rig.DeliverAsync(1);
        Assert.Equal((4000L, 8000L), (rig.Spool.State.RunStart, rig.Spool.State.DurationMs));
    }

    [Fact]
    public async Task A_group_sent_again_is_not_written_again_also_after_a_restart()
    {
        await using var rig = await SpoolRig.BeginAsync();
        var first = Sample.Range(0, Sample.Borders[1]);
        var rest = Sample.Range(Sample.Borders[1], Sample.Bytes.Length);
        Assert.Equal(IngestOutcome.Accepted, (await rig.IngestAsync(0, 0, first)).Outcome);
        Assert.Equal(IngestOutcome.Repeated, (await rig.IngestAsync(0, 0, first)).Outcome);
        Assert.Equal(IngestOutcome.Accepted, (await rig.IngestAsync(0, first.Length, rest)).Outcome);
        var before = rig.Describe();
        Assert.Equal(IngestOutcome.Repeated, (await rig.IngestAsync(0, first.Length, rest)).Outcome);
        await rig.ReopenAsync();
        Assert.Equal(IngestOutcome.Repeated, (await rig.IngestAsync(0, first.Length, rest)).Outcome);
        Assert.Equal(before, rig.Describe());
        await rig.Spool.EndAsync("stopped", default);
        Assert.Equal(IngestOutcome.Repeated, (await rig.IngestAsync(0, first.Length, rest)).Outcome);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, -1)]
    [InlineData(0, long.MinValue)]
    [InlineData(1, 5)]
    [InlineData(2, 0)]
    [InlineData(-1, 0)]
    public async Task A_group_for_another_place_is_refused(int run, long offset)
    {
        await using var rig = await SpoolRig.BeginAsync();
        Assert.NotEqual(IngestOutcome.Accepted, (await rig.IngestAsync(run, offset, Sample.Range(0, Sample.Borders[1]))).Outcome);
        await rig.DeliverAsync(0, Sample.Borders[1]);
        var before = rig.Describe();
        Assert.Equal(IngestOutcome.WrongOffset, (await rig.IngestAsync(run, offset, Sample.Range(Sample.Borders[1], Sample.Borders[2]))).Outcome);
        Assert.Equal(before, rig.Describe());
    }

    [Fact]
    public async Task An_old_epoch_a_paused_and_an_ended_recording_accept_nothing()
    {
        await using var rig = await SpoolRig.BeginAsync();
        Assert.Equal(IngestOutcome.StaleEpoch, (await rig.IngestAsync(0, 0, Sample.Next(0), epoch: 0)).Outcome);
        Assert.Equal(IngestOutcome.StaleEpoch, (await rig.IngestAsync(0, 0, Sample.Next(0), epoch: 2)).Outcome);
        await rig.DeliverAsync(0, Sample.Borders[1]);
        await rig.Spool.PauseAsync(paused: true, default);
        Assert.Empty(rig.Spool.State.Open);
        Assert.Equal(IngestOutcome.Paused, await rig.DeliverAsync(0));
        await rig.ReopenAsync();
        Assert.Equal("paused", rig.Spool.State.Status);
        await rig.Spool.PauseAsync(paused: false, default);
        Assert.Equal(IngestOutcome.Accepted, await rig.DeliverAsync(0));
        Assert.True(await rig.StartAsync(epoch: 2));
        Assert.False(await rig.StartAsync(epoch: 1));
        Assert.Equal(IngestOutcome.StaleEpoch, (await rig.IngestAsync(1, 0, Sample.Next(0), epoch: 1)).Outcome);
        Assert.Equal(IngestOutcome.Accepted, (await rig.IngestAsync(1, 0, Sample.Next(0), epoch: 2)).Outcome);
        await rig.Spool.EndAsync("stopped", default);
        Assert.Equal(IngestOutcome.Ended, (await rig.IngestAsync(2, 0, Sample.Next(0), epoch: 2)).Outcome);
    }

    [Fact]
    public async Task The_token_of_an_epoch_changes_only_while_nothing_was_accepted_under_it()
    {
        await using var rig = await SpoolRig.BeginAsync();
        var other = new string('a', 64);
        Assert.True(await rig.StartAsync(token: other));
        Assert.Equal(other, rig.Spool.State.Opening!.TokenSha256);
        await rig.DeliverAsync(0, Sample.Borders[1]);
        Assert.True(await rig.StartAsync(token: other));
        Assert.False(await rig.StartAsync());
        Assert.Equal(other, rig.Spool.State.Opening!.TokenSha256);
    }

    [Fact]
    public async Task A_malformed_group_leaves_no_trace_and_does_not_spoil_the_run()
    {
        await using var rig = await SpoolRig.BeginAsync();
        var hostile = Sample.Bytes[..Sample.Borders[1]];
        BinaryPrimitives.WriteUInt32BigEndian(hostile.AsSpan(28), 12);
        Assert.Equal(IngestOutcome.Malformed, (await rig.IngestAsync(0, 0, hostile)).Outcome);
        await rig.DeliverAsync(0, Sample.Borders[1]);
        var before = rig.Describe();
        foreach (var group in (ReadOnlyMemory<byte>[])[Sample.Bytes, hostile, Sample.Range(0, Sample.Init), new byte[8], Sample.Range(Sample.Borders[1], Sample.Borders[2] - 1)])
        {
            Assert.Equal(IngestOutcome.Malformed, (await rig.IngestAsync(0, Sample.Borders[1], group)).Outcome);
        }

        Assert.Equal(before, rig.Describe());
        Assert.Equal(IngestOutcome.Accepted, await rig.DeliverAsync(0));
    }

    [Fact]
    public async Task Frames_that_a_header_only_claims_neither_count_nor_stop_the_cut()
    {
        await using var rig = await SpoolRig.BeginAsync();
        await rig.DeliverAsync(0, Sample.Borders[1]);
        var fragment = Sample.Next(Sample.Borders[1]).ToArray();
        var run = fragment.AsSpan().IndexOf("trun"u8);
        BinaryPrimitives.WriteUInt32BigEndian(fragment.AsSpan(run + 8), uint.MaxValue);
        var offset = rig.Spool.State.Offset;
        for (var i = 0; i < 2; i++, offset += fragment.Length)
        {
            Assert.Equal(IngestOutcome.Accepted, (await rig.IngestAsync(0, offset, fragment)).Outcome);
        }

        await rig.Spool.EndAsync("stopped", default);
        Assert.All(rig.Spool.State.Chunks.Values, cut => Assert.InRange(cut.Frames, 0, cut.PlainLength));
    }

    [Fact]
    public async Task Encrypted_files_never_exceed_the_session_size_together()
    {
        for (var limit = 36_000; limit < 152_000; limit += 1_777)
        {
            await using var rig = await SpoolRig.BeginAsync(new SpoolRig { MaxSize = limit, ChunkSize = 50_000 });
            Assert.Equal(IngestOutcome.SizeExceeded, await rig.DeliverAsync(0));
            await rig.Spool.EndAsync(RecordingReports.SizeExceeded, default);
            Assert.InRange(rig.Spool.State.Chunks.Values.Sum(cut => ChunkLimits.FileSize(cut.PlainLength)), 0, limit);
        }
    }

    [Fact]
    public async Task A_fragment_larger_than_a_chunk_is_split_and_comes_back_whole()
    {
        await using var rig = await SpoolRig.BeginAsync(new SpoolRig { ChunkSize = 10_000 });
        Assert.Equal(IngestOutcome.Accepted, (await rig.IngestAsync(0, 0, Sample.Bytes)).Outcome);
        await rig.ReopenAsync();
        await rig.Spool.EndAsync("stopped", default);
        Assert.Equal(Sample.Bytes, await rig.ReadRunAsync(0));
        rig.AssertChunksAreSound();
        Assert.Equal(60, rig.Spool.State.Chunks.Values.Sum(cut => cut.Frames));
    }

    [Fact]
    public async Task A_chunk_is_cut_when_its_first_unit_is_half_a_minute_old()
    {
        await using var rig = await SpoolRig.BeginAsync();
        await rig.DeliverAsync(0, Sample.Borders[1]);
        rig.Clock.Advance(TimeSpan.FromSeconds(29));
        await rig.DeliverAsync(0, Sample.Borders[2]);
        Assert.False(await rig.Spool.CutIfOldAsync(default));
        rig.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.True(await rig.Spool.CutIfOldAsync(default));
        Assert.False(await rig.Spool.CutIfOldAsync(default));
        await rig.DeliverAsync(0, Sample.Borders[3]);
        Assert.False(await rig.Spool.CutIfOldAsync(default));
        Assert.Equal(2, rig.Spool.State.NextIndex);
    }

    [Fact]
    public async Task Freed_chunks_give_their_segments_back_and_the_recording_goes_on_after_a_restart()
    {
        await using var rig = await SpoolRig.BeginAsync(new SpoolRig { SegmentBytes = 50_000, ChunkSize = 50_000 });
        await rig.DeliverAsync(0, Sample.Borders[3]);
        var segments = rig.Disk.ListFiles("/spool/units").Count;
        var second = await rig.Spool.ReadChunkAsync(2, default);
        await rig.Spool.FreeAsync(0, default);
        await rig.Spool.FreeAsync(1, default);
        await rig.Spool.FreeAsync(1, default);
        Assert.Null(await rig.Spool.ReadChunkAsync(1, default));
        Assert.InRange(rig.Disk.ListFiles("/spool/units").Count, 1, segments - 1);
        await rig.ReopenAsync();
        Assert.Equal(second, await rig.Spool.ReadChunkAsync(2, default));
        Assert.Equal(IngestOutcome.Accepted, await rig.DeliverAsync(0));
        await rig.Spool.EndAsync("stopped", default);
        Assert.Equal(Sample.Bytes[Sample.Borders[1]..], await rig.ReadRunAsync(0));
    }

    [Fact]
    public async Task What_lies_on_the_disk_shows_nothing_of_the_picture()
    {
        await using var rig = await SpoolRig.BeginAsync();
        await rig.DeliverAsync(0);
        var picture = Sample.Bytes.AsSpan(1000, 32).ToArray();
        Assert.All(rig.Disk.ListFiles("/spool/units"), name => Assert.Equal(-1, rig.Disk.ReadAll($"/spool/units/{name}").AsSpan().IndexOf(picture)));
    }

    [Fact]
    public async Task After_it_was_closed_an_operation_is_refused_instead_of_waiting_for_ever()
    {
        var rig = await SpoolRig.BeginAsync();
        await rig.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => rig.IngestAsync(0, 0, Sample.Next(0)));
    }
}
