using Lucid.Simulation;

namespace Lucid.Journal.Tests;

/// <summary>
/// Random lives of a journal: appends from several writers, crashes at any operation (recovery included), full disks,
/// removals. What was acknowledged is recovered; what is recovered was written; refused records never appear; order holds.
/// </summary>
public sealed class CrashCampaignTests
{
    // ./test --all runs the long campaign.
    private static readonly uint Campaigns = Environment.GetEnvironmentVariable("LUCID_TEST_ALL") is "1" ? 20_000u : 400u;

    [Fact]
    public void Acknowledged_records_are_recovered_and_recovered_records_were_written_in_order()
    {
        long crashes = 0;
        long recovered = 0;
        for (ulong seed = 1; seed <= Campaigns; seed++)
        {
            var campaign = new CrashCampaign(seed);
            try
            {
                campaign.Run();
            }
            catch (Exception exception)
            {
                Assert.Fail($"seed {seed}: {exception}");
            }

            crashes += campaign.Crashes;
            recovered += campaign.Recovered;
        }

        Assert.True(crashes > Campaigns, $"only {crashes} crashes");
        Assert.True(recovered > Campaigns * 10, $"only {recovered} records");
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(new CrashCampaign(seed).Run(), new CrashCampaign(seed).Run());
        }

        Assert.NotEqual(new CrashCampaign(1).Run(), new CrashCampaign(2).Run());
    }

    [Fact]
    public void Appenders_that_wait_together_share_one_flush()
    {
        var scheduler = new SimulationScheduler(seed: 7);
        var files = new SimulatedFileSystem(seed: 7)
        {
            FlushDelay = () => new ValueTask(Task.Delay(TimeSpan.FromMilliseconds(5), scheduler.Main.TimeProvider)),
        };
        scheduler.Run(async () =>
        {
            await using SegmentedLog log = await SegmentedLog.OpenAsync("/log", new JournalOptions { FileSystem = files }, default);
            long before = files.Flushes;
            long[] indexes = await Task.WhenAll(Enumerable.Range(0, 256).Select(i => log.AppendAsync(BitConverter.GetBytes(i), default).AsTask()));
            Assert.Equal(Enumerable.Range(0, 256).Select(i => (long)i), indexes);
            Assert.InRange(files.Flushes - before, 1, 3);
        });
    }
}
