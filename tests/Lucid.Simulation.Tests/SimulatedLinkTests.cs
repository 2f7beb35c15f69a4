namespace Lucid.Simulation.Tests;

public sealed class SimulatedLinkTests
{
    private static List<int> Deliver(ulong seed, LinkOptions options, Action<SimulationScheduler, SimulationNode, SimulatedLink<int>>? before = null)
    {
        var scheduler = new SimulationScheduler(seed);
        SimulationNode receiver = scheduler.CreateNode("receiver");
        var received = new List<int>();
        var link = new SimulatedLink<int>(receiver, "link", options, received.Add);
        scheduler.Run(async () =>
        {
            before?.Invoke(scheduler, receiver, link);
            for (int i = 0; i < 100; i++)
            {
                link.Send(i);
                await Task.Delay(TimeSpan.FromMilliseconds(1), scheduler.Main.TimeProvider);
            }

            await Task.Delay(TimeSpan.FromSeconds(10), scheduler.Main.TimeProvider);
        });
        return received;
    }

    [Fact]
    public void A_perfect_link_that_keeps_order_delivers_everything_in_order() =>
        Assert.Equal(Enumerable.Range(0, 100), Deliver(1, new LinkOptions { KeepsOrder = true }));

    [Fact]
    public void A_spread_of_delays_reorders_but_loses_nothing()
    {
        List<int> received = Deliver(1, new LinkOptions());
        Assert.NotEqual(Enumerable.Range(0, 100), received);
        Assert.Equal(Enumerable.Range(0, 100), received.Order());
    }

    [Fact]
    public void A_lossy_link_drops_and_repeats_and_the_seed_repeats_that()
    {
        var options = new LinkOptions { DropProbability = 0.2, DuplicateProbability = 0.2 };
        List<int> received = Deliver(5, options);
        Assert.InRange(received.Distinct().Count(), 60, 95);
        Assert.True(received.Count > received.Distinct().Count());
        Assert.Equal(received, Deliver(5, options));
        Assert.NotEqual(received, Deliver(6, options));
    }

    [Fact]
    public void A_link_that_is_down_delivers_nothing() =>
        Assert.Empty(Deliver(1, new LinkOptions(), (_, _, link) => link.IsDown = true));

    [Fact]
    public void A_crashed_receiver_receives_nothing() =>
        Assert.Empty(Deliver(1, new LinkOptions(), (_, receiver, _) => receiver.Crash()));
}
