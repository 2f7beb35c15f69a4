using System.Collections.Concurrent;
using System.Text;
using Lucid.Journal;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.PubSub.Broker;
using Lucid.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class BrokerCrashTests
{
    private static readonly SubscriptionSettings Settings = new(4, TimeSpan.FromMilliseconds(1), 0);

    /// <summary>Small segments and no retention, so that removal takes part in every run.</summary>
    private static readonly BrokerOptions Options = new() { Path = "/broker", MaxBytes = 1 << 20, Retention = TimeSpan.Zero };

    [Theory]
    [InlineData(1, true)]
    [InlineData(20, true)]
    [InlineData(40, true)]
    [InlineData(60, false)]
    public async Task Whatever_operation_the_machine_dies_in_an_accepted_message_reaches_its_group(int firstSeed, bool losesPower)
    {
        for (var seed = firstSeed; seed < firstSeed + 15; seed++)
        {
            await RunAsync(new SeededGenerator((ulong)seed), new SimulatedFileSystem((ulong)seed), losesPower, seed);
        }
    }

    private static async Task RunAsync(SeededGenerator chance, SimulatedFileSystem files, bool losesPower, int seed)
    {
        ConcurrentDictionary<string, bool> accepted = new(), attempted = new(), finished = new();
        await using (var first = await Open(files))
        {
            await using var handle = await first.SubscribeAsync("orders", "g", Settings, (_, _) => Task.FromResult(true), default); // the group exists for good
        }

        var serial = 0;
        for (var life = 0; life < 4; life++)
        {
            files.CrashAtOperation = files.Operations + 3 + chance.Next(60);
            try
            {
                await using var broker = await Open(files);
                await using var handle = await broker.SubscribeAsync("orders", "g", Settings, (message, _) => Handle(message, finished), default);
                await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => PublishSomeAsync(broker)));
            }
            catch (Exception crash) when (crash is SimulatedCrashException or BrokerException or JournalException && files.HasCrashed)
            {
                // The process is gone; what it had promised is checked below.
            }

            files.CrashAtOperation = null;
            if (losesPower)
            {
                files.LosePower();
            }
            else
            {
                files.KillProcesses();
            }
        }

        await using var last = await Open(files);
        var remaining = await BrokerTests.Remaining(last, "orders", "g");
        Assert.All(accepted.Keys, message => Assert.True(finished.ContainsKey(message) || remaining.Contains(message), $"seed {seed}: {message} is lost"));
        Assert.All(remaining, message => Assert.True(attempted.ContainsKey(message), $"seed {seed}: {message} was never published"));
        Assert.Equal(remaining.Count, remaining.Distinct().Count());

        async Task PublishSomeAsync(MessageBroker broker)
        {
            for (var i = 0; i < 30; i++)
            {
                var name = $"m{Interlocked.Increment(ref serial)}";
                attempted[name] = true;
                await broker.PublishAsync("orders", new PubSubMessage(Encoding.UTF8.GetBytes(name), null, new Dictionary<string, string> { ["pad"] = new string('x', 4000) }), default);
                accepted[name] = true;
                if (i % 10 == 9)
                {
                    await broker.CollectAsync(pressed: true, default);
                }
            }
        }
    }

    private static async Task<bool> Handle(PubSubMessage message, ConcurrentDictionary<string, bool> finished)
    {
        await Task.Yield();
        var text = Encoding.UTF8.GetString(message.Data.Span);
        if (text.EndsWith('7') && !finished.ContainsKey("seen " + text))
        {
            finished["seen " + text] = true;
            return false; // every message that ends in 7 fails once
        }

        finished[text] = true;
        return true;
    }

    [Fact]
    public async Task A_message_that_was_being_handled_when_the_process_died_is_delivered_again()
    {
        var files = new SimulatedFileSystem(7);
        var broker = await Open(files);
        var began = new TaskCompletionSource();
        await broker.SubscribeAsync("orders", "g", Settings, async (_, _) =>
        {
            began.SetResult();
            await Task.Delay(Timeout.Infinite, CancellationToken.None);
            return true;
        }, default);
        await BrokerTests.Publish(broker, "orders", "x");
        await began.Task;
        files.KillProcesses();

        await using var restarted = await Open(files);
        Assert.Equal(["x"], await BrokerTests.Remaining(restarted, "orders", "g"));
    }

    [Fact]
    public async Task A_full_disk_refuses_publishes_and_loses_nothing()
    {
        var files = new SimulatedFileSystem(9);
        await using var broker = await Open(files);
        await BrokerTests.Publish(broker, "orders", "before");
        files.Capacity = files.UsedBytes;
        var refusal = await Assert.ThrowsAsync<BrokerException>(() => BrokerTests.Publish(broker, "orders", "refused"));
        Assert.Contains("disk is full", refusal.Message, StringComparison.Ordinal);
        files.Capacity = null;
        await BrokerTests.Publish(broker, "orders", "after");
        Assert.Equal(["before", "after"], await BrokerTests.Remaining(broker, "orders", "g"));
    }

    [Fact]
    public async Task A_device_that_fails_is_reported_on_every_publish()
    {
        var files = new SimulatedFileSystem(11);
        await using var broker = await Open(files);
        files.FailingFlushes = 1;
        await Assert.ThrowsAsync<BrokerException>(() => BrokerTests.Publish(broker, "orders", "a"));
        await Assert.ThrowsAsync<BrokerException>(() => BrokerTests.Publish(broker, "orders", "b"));
    }

    private static Task<MessageBroker> Open(SimulatedFileSystem files) =>
        MessageBroker.OpenAsync(Options, TimeProvider.System, NullLogger.Instance, default, files);
}
