using System.Text;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.PubSub.Broker;
using Lucid.Simulation;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class BrokerTests
{
    private static readonly SubscriptionSettings Settings = new(8, TimeSpan.FromMilliseconds(20), 0);

    private readonly SimulatedFileSystem files = new(1);

    [Fact]
    public async Task Every_group_gets_every_message_and_replicas_of_a_group_share_them()
    {
        await using var broker = await Open();
        var (first, second, other) = (new Inbox(), new Inbox(), new Inbox());
        await using var a = await broker.SubscribeAsync("orders", "app", Settings, first.Handle, default);
        await using var b = await broker.SubscribeAsync("orders", "app", Settings, second.Handle, default);
        await using var c = await broker.SubscribeAsync("orders", "audit", Settings, other.Handle, default);
        await PublishAll(broker, "orders", 100);
        await Eventually.True(() => first.Count + second.Count == 100 && other.Count == 100, "everything arrived");
        Assert.Equal(100, first.Texts.Concat(second.Texts).Distinct().Count());
    }

    [Fact]
    public async Task A_group_that_comes_late_gets_what_is_kept_from_the_beginning()
    {
        await using var broker = await Open();
        await PublishAll(broker, "orders", 10);
        var inbox = new Inbox();
        await using var handle = await broker.SubscribeAsync("orders", "late", Settings, inbox.Handle, default);
        await Eventually.True(() => inbox.Count == 10, "the old messages");
    }

    [Fact]
    public async Task Topics_are_separate_and_metadata_and_content_type_survive()
    {
        await using var broker = await Open();
        var inbox = new Inbox();
        await using var handle = await broker.SubscribeAsync("orders", "g", Settings, inbox.Handle, default);
        await Publish(broker, "other", "no");
        await broker.PublishAsync("orders", new PubSubMessage("yes"u8.ToArray(), "a/b", new Dictionary<string, string> { ["k"] = "v" }), default);
        await Eventually.True(() => inbox.Count == 1, "the message");
        var message = Assert.Single(inbox.Messages);
        Assert.Equal(("yes", "a/b", "v"), (Encoding.UTF8.GetString(message.Data.Span), message.ContentType, message.Metadata["k"]));
    }

    [Fact]
    public async Task A_message_whose_handler_fails_is_delivered_again_until_it_succeeds()
    {
        await using var broker = await Open();
        var inbox = new Inbox { Verdict = attempt => attempt switch { 1 => false, 2 => throw new InvalidOperationException("broken"), _ => true } };
        await using var handle = await broker.SubscribeAsync("orders", "g", Settings, inbox.Handle, default);
        await Publish(broker, "orders", "x");
        await Eventually.True(() => inbox.Count == 3, "the third attempt");
    }

    [Fact]
    public async Task A_failing_message_does_not_hold_up_the_others()
    {
        await using var broker = await Open();
        var inbox = new Inbox { Verdict = _ => false };
        var settings = Settings with { Concurrency = 1, RedeliverInterval = TimeSpan.FromHours(1) };
        await using var handle = await broker.SubscribeAsync("orders", "g", settings, inbox.Handle, default);
        await PublishAll(broker, "orders", 5);
        await Eventually.True(() => inbox.Count == 5, "each was tried");
    }

    [Fact]
    public async Task With_a_bound_a_message_is_given_up_after_so_many_failures()
    {
        await using (var broker = await Open())
        {
            var inbox = new Inbox { Verdict = _ => false };
            await using var handle = await broker.SubscribeAsync("orders", "g", Settings with { MaxDeliveryAttempts = 2, RedeliverInterval = TimeSpan.Zero }, inbox.Handle, default);
            await Publish(broker, "orders", "x");
            await Publish(broker, "orders", "y");
            await Eventually.True(() => inbox.Count == 4, "both were tried twice");
        }

        await using var again = await Open();
        Assert.Empty(await Remaining(again, "orders", "g"));
    }

    [Fact]
    public async Task At_most_the_configured_number_of_handlers_run_at_once()
    {
        await using var broker = await Open();
        var release = new TaskCompletionSource();
        var (running, most) = (0, 0);
        await using var handle = await broker.SubscribeAsync("orders", "g", Settings with { Concurrency = 3 }, async (_, _) =>
        {
            InterlockedMax(ref most, Interlocked.Increment(ref running));
            await release.Task;
            Interlocked.Decrement(ref running);
            return true;
        }, default);
        await PublishAll(broker, "orders", 10);
        await Eventually.True(() => Volatile.Read(ref running) == 3, "three run");
        release.SetResult();
        await Eventually.True(() => Volatile.Read(ref running) == 0 && most == 3, "no more than three ran");
    }

    [Fact]
    public async Task Disposing_a_subscription_waits_for_its_handlers_and_takes_nothing_more()
    {
        await using var broker = await Open();
        var release = new TaskCompletionSource();
        var inbox = new Inbox { Before = () => release.Task };
        var handle = await broker.SubscribeAsync("orders", "g", Settings with { Concurrency = 1 }, inbox.Handle, default);
        await PublishAll(broker, "orders", 3);
        await Eventually.True(() => inbox.Count == 1, "the first began");
        var disposal = handle.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);
        release.SetResult();
        await disposal;
        Assert.Equal(1, inbox.Count);
        Assert.Equal(2, (await Remaining(broker, "orders", "g")).Count);
    }

    [Fact]
    public async Task A_second_process_is_refused_in_plain_words()
    {
        await using var broker = await Open();
        var refusal = await Assert.ThrowsAsync<BrokerException>(() => Open());
        Assert.Contains("in use by another process", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_position_of_a_group_survives_a_restart_and_a_kill()
    {
        var broker = await Open();
        var inbox = new Inbox { Verdict = _ => true };
        var handle = await broker.SubscribeAsync("orders", "g", Settings, inbox.Handle, default);
        await PublishAll(broker, "orders", 20);
        await Eventually.True(() => inbox.Count == 20, "all handled");
        await handle.DisposeAsync();
        await PublishAll(broker, "orders", 5);
        await broker.DisposeAsync();

        await using (var restarted = await Open())
        {
            Assert.Equal(5, (await Remaining(restarted, "orders", "g")).Count);
        }

        files.KillProcesses();
        await using var last = await Open();
        Assert.Empty(await Remaining(last, "orders", "g"));
    }

    [Fact]
    public async Task A_full_broker_refuses_and_says_who_holds_the_room_and_nothing_is_lost()
    {
        await using var broker = await Open(new BrokerOptions { Path = "/broker", MaxBytes = 1 << 20 });
        await using (await broker.SubscribeAsync("orders", "sleeper", Settings with { Concurrency = 1 }, (_, token) => throw new OperationCanceledException(token), default))
        {
        }

        var accepted = 0;
        var refusal = await Assert.ThrowsAsync<BrokerException>(async () =>
        {
            while (true)
            {
                await broker.PublishAsync("orders", new PubSubMessage(new byte[10_000], null, new Dictionary<string, string>()), default);
                accepted++;
            }
        });
        Assert.Contains("topic orders; sleeper has not taken it", refusal.Message, StringComparison.Ordinal);
        Assert.InRange(accepted, 50, 110);
        Assert.Equal(accepted, (await Remaining(broker, "orders", "sleeper")).Count);
        await Publish(broker, "orders", "there is room again");
    }

    [Fact]
    public async Task What_every_group_has_and_the_retention_is_over_for_is_removed_and_a_restart_knows_the_positions()
    {
        var options = new BrokerOptions { Path = "/broker", MaxBytes = 1 << 20, Retention = TimeSpan.Zero };
        var broker = await Open(options);
        var inbox = new Inbox();
        var handle = await broker.SubscribeAsync("orders", "g", Settings, inbox.Handle, default);
        for (var i = 0; i < 60; i++)
        {
            await broker.PublishAsync("orders", new PubSubMessage(new byte[10_000], null, new Dictionary<string, string>()), default);
        }

        await Eventually.True(() => inbox.Count == 60, "all handled");
        await handle.DisposeAsync();
        await Publish(broker, "orders", "kept");
        var before = files.UsedBytes;
        await broker.CollectAsync(pressed: false, default);
        Assert.True(files.UsedBytes < before / 2, $"{before} bytes became {files.UsedBytes}");
        await broker.DisposeAsync();

        await using var restarted = await Open(options);
        Assert.Equal(["kept"], await Remaining(restarted, "orders", "g"));
    }

    [Fact]
    public async Task Within_the_retention_a_message_is_kept_for_groups_to_come()
    {
        await using var broker = await Open(new BrokerOptions { Path = "/broker", MaxBytes = 1 << 20 });
        var inbox = new Inbox();
        await using var handle = await broker.SubscribeAsync("orders", "g", Settings, inbox.Handle, default);
        for (var i = 0; i < 50; i++)
        {
            await broker.PublishAsync("orders", new PubSubMessage(new byte[10_000], null, new Dictionary<string, string>()), default);
        }

        await Eventually.True(() => inbox.Count == 50, "all handled");
        await broker.CollectAsync(pressed: false, default);
        Assert.Equal(50, (await Remaining(broker, "orders", "later")).Count);
    }

    [Fact]
    public async Task The_sidecars_of_one_process_share_a_folder_and_other_settings_for_it_are_refused()
    {
        var folder = Path.Combine(Path.GetTempPath(), $"lucid-broker-{Guid.CreateVersion7()}");
        await using (var shared = new SharedResources())
        {
            var factory = new LucidPubSubFactory();
            var definition = TestSidecar.Definition("pubsub.lucid", new() { ["path"] = folder });
            await using var one = new TestSidecar("one", await factory.CreateAsync(definition, TestSidecar.Host("one", shared), default));
            await using var two = new TestSidecar("two", await factory.CreateAsync(definition, TestSidecar.Host("two", shared), default));
            await one.Subscribe("orders");
            await two.Subscribe("orders");
            await one.Publish("orders", "hello");
            await Eventually.True(() => one.App.Received.Count == 1 && two.App.Received.Count == 1, "both apps got the event");
            Assert.Equal("one", two.App.Received[0].Json.GetProperty("source").GetString());

            var other = TestSidecar.Definition("pubsub.lucid", new() { ["path"] = folder, ["retention"] = "1h" });
            await Assert.ThrowsAsync<BrokerException>(async () => await factory.CreateAsync(other, TestSidecar.Host("three", shared), default));
            var elsewhere = await Assert.ThrowsAsync<BrokerException>(async () => await factory.CreateAsync(definition, TestSidecar.Host("four"), default));
            Assert.Contains("in use by another process", elsewhere.Message, StringComparison.Ordinal);
        }

        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [InlineData("path", "", "pubsub.lucid needs it")]
    [InlineData("concurrency", "0", "a whole number from 1 to 1000")]
    [InlineData("retention", "soon", "a duration")]
    [InlineData("maxBytes", "10", "a size of at least")]
    public void Settings_that_do_not_fit_are_refused_by_name(string field, string value, string accepted)
    {
        var refusal = Assert.Throws<InvalidOperationException>(() => BrokerOptions.Read(TestSidecar.Definition("pubsub.lucid", new() { ["path"] = "x", [field] = value })));
        Assert.Contains(accepted, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith($"field {field}:", refusal.Message, StringComparison.Ordinal);
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen)
        {
        }
    }

    internal static Task Publish(MessageBroker broker, string topic, string text) =>
        broker.PublishAsync(topic, new PubSubMessage(Encoding.UTF8.GetBytes(text), null, new Dictionary<string, string>()), default);

    /// <summary>What a group has not finished: all it gets until nothing more comes, checked by a marker published last.</summary>
    internal static async Task<IReadOnlyList<string>> Remaining(MessageBroker broker, string topic, string group)
    {
        var inbox = new Inbox();
        await using var handle = await broker.SubscribeAsync(topic, group, Settings with { Concurrency = 1 }, inbox.Handle, default);
        if (topic.Length > 0)
        {
            await PublishMarker(broker, topic);
        }

        await Eventually.True(() => inbox.Texts.Contains("marker"), "the marker");
        return [.. inbox.Texts.Where(text => text != "marker")];
    }

    private static async Task PublishMarker(MessageBroker broker, string topic)
    {
        while (true)
        {
            try
            {
                await Publish(broker, topic, "marker");
                return;
            }
            catch (BrokerException)
            {
                await Task.Delay(5); // full until the group has taken something
            }
        }
    }

    private static Task PublishAll(MessageBroker broker, string topic, int count) =>
        Task.WhenAll(Enumerable.Range(0, count).Select(i => Publish(broker, topic, $"m{i}")));

    private Task<MessageBroker> Open(BrokerOptions? options = null) =>
        MessageBroker.OpenAsync(options ?? new BrokerOptions { Path = "/broker" }, TimeProvider.System, NullLogger.Instance, default, files);
}
