using System.Globalization;
using System.Text;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.PubSub;
using Lucid.Sidecar.PubSub.RedisStreams;
using StackExchange.Redis;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class RedisTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly SharedResources shared = new();
    private readonly string topic = $"topic-{Guid.CreateVersion7()}";
    private IDatabase? database;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(server.Missing is not null, server.Missing ?? "");
        var connection = await shared.GetOrAddAsync<ConnectionMultiplexer>(
            "test", async () => await ConnectionMultiplexer.ConnectAsync($"127.0.0.1:{server.Port},password={RedisServer.Password}"));
        database = connection.GetDatabase();
    }

    public ValueTask DisposeAsync() => shared.DisposeAsync();

    [Fact]
    public async Task Two_apps_each_get_the_event_and_a_late_group_reads_from_the_beginning()
    {
        var broker = await Create();
        await using var one = new TestSidecar("one", broker);
        await using var two = new TestSidecar("two", broker);
        await one.Subscribe(topic);
        await one.Publish(topic, "early", metadata: new() { ["shard"] = "7" });
        await Eventually.True(() => one.App.Received.Count == 1, "the first app has it");
        await two.Subscribe(topic);
        await Eventually.True(() => two.App.Received.Count == 1, "the second app has it too");
        Assert.Equal(("early", "7"), (two.App.Received[0].Data, two.App.Received[0].Headers["shard"]));
        await Eventually.True(() => Pending("two") == 0, "it is acknowledged");
    }

    [Fact]
    public async Task Replicas_of_a_group_share_the_messages()
    {
        var broker = await Create();
        var (a, b) = (new Inbox(), new Inbox());
        await using var first = await Subscribe(broker, "g", a.Handle);
        await using var second = await Subscribe(broker, "g", b.Handle);
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Publish(broker, $"m{i}")));
        await Eventually.True(() => a.Count + b.Count == 50, "all messages");
        Assert.Equal(50, a.Texts.Concat(b.Texts).Distinct().Count());
    }

    [Fact]
    public async Task A_failed_message_is_acknowledged_as_daprd_does_it()
    {
        var broker = await Create(processingTimeout: 1, redeliverInterval: 10);
        var inbox = new Inbox { Verdict = attempt => attempt == 1 ? false : throw new InvalidOperationException("broken") };
        await using var handle = await Subscribe(broker, "g", inbox.Handle);
        await Publish(broker, "false");
        await Publish(broker, "throws");
        await Eventually.True(() => inbox.Count == 2 && Pending("g") == 0, "both are acknowledged");
    }

    [Fact]
    public async Task A_message_in_work_when_its_process_died_is_taken_over()
    {
        var dead = await Create();
        var began = new TaskCompletionSource();
        var died = new TaskCompletionSource<bool>();
        var handle = await Subscribe(dead, "g", async (_, _) =>
        {
            began.TrySetResult();
            return await died.Task;
        });
        await Publish(dead, "x");
        await began.Task;

        var inbox = new Inbox();
        await using (await Subscribe(await Create(processingTimeout: 50, redeliverInterval: 20), "g", inbox.Handle))
        {
            await Eventually.True(() => inbox.Count == 1, "the other process has it");
            Assert.Equal(["x"], inbox.Texts);
        }

        died.SetResult(true);
        await handle.DisposeAsync();
    }

    [Fact]
    public async Task A_message_that_was_not_tried_stays_pending_and_comes_again()
    {
        var broker = await Create(processingTimeout: 20, redeliverInterval: 20);
        var attempts = 0;
        await using var handle = await Subscribe(broker, "g", (_, token) => Interlocked.Increment(ref attempts) switch
        {
            1 => throw new OperationCanceledException(token),
            2 => throw new DeliveryPostponedException("the app is away"),
            _ => Task.FromResult(true),
        });
        await Publish(broker, "x");
        await Eventually.True(() => attempts == 3 && Pending("g") == 0, "the third attempt is acknowledged");
    }

    [Fact]
    public async Task A_stream_is_cut_to_its_approximate_length()
    {
        var broker = await Create(more: new() { ["maxLenApprox"] = "100" });
        await Task.WhenAll(Enumerable.Range(0, 1000).Select(i => Publish(broker, $"m{i}")));
        Assert.InRange(database!.StreamLength(topic), 100, 300);
    }

    [Fact]
    public async Task A_wrong_password_is_an_error_that_names_the_server_and_not_the_password()
    {
        var definition = Definition(15_000, 60_000, new() { ["redisPassword"] = "wrong-secret" });
        var refusal = await Assert.ThrowsAsync<InvalidOperationException>(async () => await new RedisPubSubFactory().CreateAsync(definition, TestSidecar.Host("a", shared), default));
        Assert.Contains("Redis at 127.0.0.1", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong-secret", refusal.ToString(), StringComparison.Ordinal);
    }

    private ComponentDefinition Definition(int processingTimeout, int redeliverInterval, Dictionary<string, string>? more)
    {
        Dictionary<string, string> metadata = new()
        {
            ["redisHost"] = $"127.0.0.1:{server.Port}",
            ["redisPassword"] = RedisServer.Password,
            ["processingTimeout"] = processingTimeout.ToString(CultureInfo.InvariantCulture),
            ["redeliverInterval"] = redeliverInterval.ToString(CultureInfo.InvariantCulture),
        };
        foreach (var (name, value) in more ?? [])
        {
            metadata[name] = value;
        }

        return TestSidecar.Definition("pubsub.redis", metadata);
    }

    private async Task<IPubSub> Create(int processingTimeout = 15_000, int redeliverInterval = 60_000, Dictionary<string, string>? more = null) =>
        await new RedisPubSubFactory().CreateAsync(Definition(processingTimeout, redeliverInterval, more), TestSidecar.Host("a", shared), default);

    private async Task<IAsyncDisposable> Subscribe(IPubSub broker, string group, PubSubHandler handler) =>
        await broker.SubscribeAsync(new PubSubSubscription(topic, group, new Dictionary<string, string>()), handler, default);

    private Task Publish(IPubSub broker, string text) =>
        broker.PublishAsync(topic, new PubSubMessage(Encoding.UTF8.GetBytes(text), null, new Dictionary<string, string>()), default).AsTask();

    private long Pending(string group) => database!.StreamPending(topic, group).PendingMessageCount;
}
