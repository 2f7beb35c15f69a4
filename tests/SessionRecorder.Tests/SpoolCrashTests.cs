using Lucid.Contracts.Sessions;
using Lucid.Journal;
using Lucid.SessionRecorder.Domain;
using Lucid.Simulation;

namespace Lucid.SessionRecorder.Tests;

public sealed class SpoolCrashTests
{
    [Fact]
    public async Task State_after_each_operation_is_what_replay_gives()
    {
        await using var rig = await SpoolRig.BeginAsync();
        Func<Task>[] operations =
        [
            () => rig.DeliverAsync(0, Sample.Borders[2]), () => rig.Spool.PauseAsync(true, default), () => rig.Spool.PauseAsync(false, default),
            () => rig.DeliverAsync(0, Sample.Borders[3]), () => rig.DeliverAsync(1), () => rig.Spool.FreeAsync(0, default), () => rig.DeliverAsync(2, Sample.Borders[1]),
            () => rig.Spool.EndAsync("stopped", default),
        ];
        foreach (var operation in operations)
        {
            await operation();
            var live = rig.Describe();
            await rig.ReopenAsync();
            Assert.Equal(live, rig.Describe());
        }
    }

    [Fact]
    public async Task A_power_cut_at_any_moment_loses_nothing_that_was_acknowledged()
    {
        long last;
        await using (var calm = await SpoolRig.BeginAsync())
        {
            await RecordAsync(calm, new());
            last = calm.Disk.Operations;
        }

        for (var moment = 1L; moment <= last; moment++)
        {
            await CrashAsync(moment, powerCut: moment % 2 == 0);
        }
    }

    [Fact]
    public async Task A_full_disk_between_the_units_of_a_group_leaves_what_replay_would_give_and_the_run_goes_on()
    {
        for (var room = 0L; room < 300_000; room += room < 4_000 ? 150 : 9_001)
        {
            await using var rig = await SpoolRig.BeginAsync();
            rig.Disk.Capacity = rig.Disk.UsedBytes + room;
            var outcome = (await rig.IngestAsync(0, 0, Sample.Bytes)).Outcome;
            if (outcome == IngestOutcome.Accepted)
            {
                outcome = await rig.DeliverAsync(1);
            }

            Assert.Equal(IngestOutcome.DiskFull, outcome);
            var live = rig.Describe();
            if (room % 300 == 0)
            {
                await rig.ReopenAsync(); // the process may have been restarted or not: the source must not notice
                Assert.Equal(live, rig.Describe());
            }

            rig.Disk.Capacity = null;
            Assert.Equal(IngestOutcome.Accepted, await rig.DeliverAsync(Math.Max(0, rig.Spool.State.Run)));
            await rig.Spool.EndAsync(RecordingReports.StorageFull, default);
            Assert.Equal(Sample.Bytes, await rig.ReadRunAsync(0));
            rig.AssertChunksAreSound();
            live = rig.Describe();
            await rig.ReopenAsync();
            Assert.Equal(live, rig.Describe());
        }
    }

    private static async Task CrashAsync(long moment, bool powerCut)
    {
        var rig = new SpoolRig((ulong)moment);
        var acknowledged = new Acknowledged();
        rig.Disk.CrashAtOperation = moment;
        try
        {
            await rig.OpenAsync();
            await rig.StartAsync();
            await RecordAsync(rig, acknowledged);
        }
        catch (Exception crash) when (crash is SimulatedCrashException or JournalException)
        {
            Assert.True(rig.Disk.HasCrashed);
        }

        if (powerCut)
        {
            rig.Disk.LosePower();
        }
        else
        {
            rig.Disk.KillProcesses();
        }

        await rig.OpenAsync();
        await using (rig)
        {
            Assert.Equal(acknowledged.Ended, acknowledged.Ended && rig.Spool.State.Ended is not null);
            Assert.True((rig.Spool.State.Run, rig.Spool.State.Offset).CompareTo((acknowledged.Run, acknowledged.Offset)) >= 0, $"moment {moment}");
            await rig.StartAsync();
            var firstRunCut = rig.Spool.State.Run > 0 || rig.Spool.State.Ended is not null;
            await RecordAsync(rig, acknowledged);
            Assert.Equal(Sample.Bytes, await rig.ReadRunAsync(0));
            Assert.Equal(Sample.Bytes, await rig.ReadRunAsync(1));
            rig.AssertChunksAreSound();
            Assert.True(firstRunCut || rig.Spool.State.Ended is not null);
        }
    }

    /// <summary>Two runs with a pause; goes on from wherever the spool stands.</summary>
    private static async Task RecordAsync(SpoolRig rig, Acknowledged acknowledged)
    {
        if (rig.Spool.State.Ended is not null)
        {
            return;
        }

        if (rig.Spool.State.Run <= 0)
        {
            await rig.Spool.PauseAsync(false, default);
            await DeliverAsync(rig, 0, acknowledged);
        }

        await rig.Spool.PauseAsync(true, default);
        await rig.Spool.PauseAsync(false, default);
        await DeliverAsync(rig, 1, acknowledged);
        await rig.Spool.EndAsync("stopped", default);
        acknowledged.Ended = true;
    }

    private static async Task DeliverAsync(SpoolRig rig, int run, Acknowledged acknowledged)
    {
        foreach (var border in (int[])[Sample.Borders[1], Sample.Borders[2], Sample.Borders[4]])
        {
            var from = rig.Spool.State.Run < run ? 0 : rig.Spool.State.Offset;
            if (from < border)
            {
                Assert.Equal(IngestOutcome.Accepted, (await rig.IngestAsync(run, from, Sample.Range((int)from, border))).Outcome);
                (acknowledged.Run, acknowledged.Offset) = (run, border);
            }
        }
    }

    private sealed class Acknowledged
    {
        public int Run { get; set; } = -1;

        public long Offset { get; set; }

        public bool Ended { get; set; }
    }
}
