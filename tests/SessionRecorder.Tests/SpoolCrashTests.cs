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

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_device_that_loses_unflushed_sectors_at_any_operation_loses_nothing_that_was_acknowledged(bool powerCut)
    {
        var calm = Rig(1);
        await RecordAsync(calm, new());
        await calm.DisposeAsync();
        Assert.InRange(calm.Disk.Operations, 60, 1000);
        for (var operation = 1L; operation <= calm.Disk.Operations; operation++)
        {
            for (var device = 0; device < (powerCut ? 3 : 1); device++)
            {
                await CrashAsync(operation, powerCut, device);
            }
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

    private static async Task CrashAsync(long operation, bool powerCut, int device)
    {
        var rig = Rig((ulong)((operation * 10) + device));
        var source = new Source();
        rig.Disk.CrashAtOperation = operation;
        try
        {
            await RecordAsync(rig, source);
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

        var acknowledged = source.Acknowledged.ToList();
        var (started, ended) = (source.Started, source.Ended);
        await rig.OpenAsync();
        await using (rig)
        {
            Assert.True(!started || rig.Spool.State.Opening is not null, $"operation {operation}: the opening is lost");
            Assert.True(!ended || rig.Spool.State.Ended is not null, $"operation {operation}: the end is lost");
            foreach (var (run, end) in acknowledged)
            {
                Assert.True((rig.Spool.State.Run, rig.Spool.State.Offset).CompareTo((run, end)) >= 0, $"operation {operation}: run {run} to {end} is lost");
            }

            await RecordAsync(rig, source);
            Assert.All((int[])[0, 1], run => Assert.Equal(Sample.Bytes, source.Stored.Where(chunk => chunk.Value.Run == run).SelectMany(chunk => chunk.Value.Plain).ToArray()));
            Assert.Equal(Enumerable.Range(0, source.Stored.Count), source.Stored.Keys);
            Assert.Equal(source.Stored.Count, rig.Spool.State.Ended!.ChunkCount);
        }
    }

    private static SpoolRig Rig(ulong seed) => new(seed) { SegmentBytes = 120_000 };

    /// <summary>Two runs with a pause between them, and a processor that stores and frees what is cut; goes on from wherever the spool stands.</summary>
    private static async Task RecordAsync(SpoolRig rig, Source source)
    {
        if (rig.Spool is null)
        {
            await rig.OpenAsync();
        }

        Assert.True(await rig.StartAsync());
        source.Started = true;
        if (rig.Spool!.State.Ended is null)
        {
            if (rig.Spool.State.Run <= 0)
            {
                await rig.Spool.PauseAsync(false, default);
                await DeliverAsync(rig, 0, source);
            }

            await rig.Spool.PauseAsync(true, default);
            await rig.Spool.PauseAsync(false, default);
            await DeliverAsync(rig, 1, source);
            await rig.Spool.EndAsync("stopped", default);
        }

        source.Ended = true;
        await StoreAsync(rig, source);
    }

    private static async Task DeliverAsync(SpoolRig rig, int run, Source source)
    {
        foreach (var border in (int[])[Sample.Borders[1], Sample.Borders[2], Sample.Borders[4]])
        {
            var from = rig.Spool.State.Run < run ? 0 : rig.Spool.State.Offset;
            if (from < border)
            {
                Assert.Equal(IngestOutcome.Accepted, (await rig.IngestAsync(run, from, Sample.Range((int)from, border))).Outcome);
                source.Acknowledged.Add((run, border));
                await StoreAsync(rig, source);
            }
        }
    }

    // What is freed must be stored before; what is read again after a crash must be what was read before.
    private static async Task StoreAsync(SpoolRig rig, Source source)
    {
        foreach (var cut in rig.Spool.State.Chunks.Values.ToList())
        {
            var plain = (await rig.Spool.ReadChunkAsync(cut.Index, default))!;
            Assert.Equal(cut.PlainSha256, Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(plain)));
            Assert.Equal(plain, source.Stored.TryGetValue(cut.Index, out var before) ? before.Plain : plain);
            source.Stored[cut.Index] = (cut.Run, plain);
            await rig.Spool.FreeAsync(cut.Index, default);
        }
    }

    /// <summary>What the source was told, and what the store holds.</summary>
    private sealed class Source
    {
        public bool Started { get; set; }

        public bool Ended { get; set; }

        public List<(int Run, long Offset)> Acknowledged { get; } = [];

        public SortedDictionary<int, (int Run, byte[] Plain)> Stored { get; } = [];
    }
}
