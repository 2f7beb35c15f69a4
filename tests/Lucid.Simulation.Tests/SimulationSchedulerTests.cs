namespace Lucid.Simulation.Tests;

public sealed class SimulationSchedulerTests
{
    private static SimulationScheduler RunWorkload(ulong seed)
    {
        var scheduler = new SimulationScheduler(seed);
        scheduler.Run(() => Task.WhenAll(Enumerable.Range(0, 5).Select(async worker =>
        {
            for (int round = 0; round < 5; round++)
            {
                await Task.Yield();
                scheduler.Note($"worker {worker} round {round}");
                await Task.Delay(TimeSpan.FromMilliseconds(scheduler.Generator.Next(3)), scheduler.Main.TimeProvider);
            }
        })));
        return scheduler;
    }

    [Fact]
    public void The_same_seed_gives_the_same_trace_and_other_seeds_give_others()
    {
        var traces = new HashSet<ulong>();
        for (ulong seed = 0; seed < 50; seed++)
        {
            SimulationScheduler first = RunWorkload(seed);
            SimulationScheduler second = RunWorkload(seed);
            Assert.Equal(first.Notes, second.Notes);
            Assert.Equal((first.TraceHash, first.Steps), (second.TraceHash, second.Steps));
            traces.Add(first.TraceHash);
        }

        Assert.Equal(50, traces.Count);
    }

    [Fact]
    public void Every_order_of_three_runnable_continuations_occurs()
    {
        var orders = new HashSet<string>();
        for (ulong seed = 0; seed < 200; seed++)
        {
            var scheduler = new SimulationScheduler(seed);
            string order = "";
            scheduler.Run(() => Task.WhenAll("abc".Select(async letter =>
            {
                await Task.Yield();
                order += letter;
            })));
            orders.Add(order);
        }

        Assert.Equal(6, orders.Count);
    }

    [Fact]
    public void Virtual_time_passes_only_while_everything_waits()
    {
        var scheduler = new SimulationScheduler(1);
        DateTimeOffset start = scheduler.UtcNow;
        scheduler.Run(async () =>
        {
            await Task.Yield();
            Assert.Equal(start, scheduler.UtcNow);
            await Task.Delay(TimeSpan.FromDays(30), scheduler.Main.TimeProvider);
        });
        Assert.Equal(start.AddDays(30), scheduler.UtcNow);
    }

    [Fact]
    public void Timers_fire_in_order_repeat_and_stop()
    {
        var scheduler = new SimulationScheduler(1);
        TimeProvider time = scheduler.Main.TimeProvider;
        var fired = new List<string>();
        scheduler.Run(async () =>
        {
            await using ITimer late = time.CreateTimer(_ => fired.Add("late"), null, TimeSpan.FromSeconds(25), Timeout.InfiniteTimeSpan);
            await using ITimer periodic = time.CreateTimer(_ => fired.Add("periodic"), null, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10));
            await using ITimer never = time.CreateTimer(_ => fired.Add("never"), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
            await never.DisposeAsync();
            await Task.Delay(TimeSpan.FromSeconds(35), time);
        });
        Assert.Equal(["periodic", "periodic", "late", "periodic"], fired);
    }

    [Fact]
    public void A_failure_of_the_body_is_thrown_as_it_was() =>
        Assert.Throws<InvalidDataException>(() => new SimulationScheduler(1).Run(async () =>
        {
            await Task.Yield();
            throw new InvalidDataException();
        }));

    [Fact]
    public void Waiting_for_something_that_never_comes_ends_the_run()
    {
        var failure = Assert.Throws<InvalidOperationException>(() => new SimulationScheduler(1).Run(() => new TaskCompletionSource().Task));
        Assert.Contains("never comes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Work_that_leaves_the_scheduler_ends_the_run()
    {
        var scheduler = new SimulationScheduler(1);
        using var isAwaited = new ManualResetEventSlim();
        var failure = Assert.Throws<InvalidOperationException>(() => scheduler.Run(async () =>
        {
            var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            await using ITimer timer = scheduler.Main.TimeProvider.CreateTimer(_ => isAwaited.Set(), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
            _ = Task.Run(() =>
            {
                isAwaited.Wait();
                release.SetResult();
            });
            await release.Task;
        }));
        Assert.Contains("another thread", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_endless_run_is_given_up()
    {
        var scheduler = new SimulationScheduler(1) { MaxSteps = 1000 };
        Assert.Throws<InvalidOperationException>(() => scheduler.Run(async () =>
        {
            while (true)
            {
                await Task.Yield();
            }
        }));
    }

    [Fact]
    public void A_node_can_be_crashed_at_every_step_and_does_nothing_afterwards()
    {
        var progress = new HashSet<int>();
        for (long crashStep = 1; crashStep < 40; crashStep++)
        {
            var scheduler = new SimulationScheduler(9);
            SimulationNode node = scheduler.CreateNode("worker");
            int count = 0;
            int atCrash = -1;
            scheduler.BeforeStep = step =>
            {
                if (step == crashStep)
                {
                    node.Crash();
                    atCrash = count;
                }
            };
            scheduler.Run(async () =>
            {
                _ = node.Run(async () =>
                {
                    while (true)
                    {
                        count++;
                        await Task.Delay(TimeSpan.FromSeconds(1), node.TimeProvider);
                    }
                });
                await Task.Delay(TimeSpan.FromMinutes(1), scheduler.Main.TimeProvider);
            });
            Assert.Equal(atCrash, count);
            progress.Add(count);
        }

        Assert.True(progress.Count > 10);
    }
}
