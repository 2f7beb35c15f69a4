using System.Collections.Concurrent;
using System.Text.Json;
using Lucid.Sidecar.Components;
using StackExchange.Redis;

namespace Lucid.Sidecar.PubSub.RedisStreams;

/// <summary>One consumer of a stream: a loop that reads new messages, a loop that takes over those left pending by a crash.</summary>
internal sealed partial class RedisSubscription : IAsyncDisposable
{
    private const int BlockMilliseconds = 1000;
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(1);

    private readonly ConnectionMultiplexer reader;
    private readonly IDatabase database;
    private readonly string topic;
    private readonly string group;
    private readonly PubSubHandler handler;
    private readonly RedisStreamsOptions options;
    private readonly TimeProvider time;
    private readonly ILogger logger;
    private readonly HandlerSlots slots;
    private readonly ConcurrentDictionary<string, bool> handled = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource stop = new();
    private Task loops = Task.CompletedTask;
    private int disposed;

    private RedisSubscription(
        ConnectionMultiplexer reader, IDatabase database, PubSubSubscription subscription, PubSubHandler handler, RedisStreamsOptions options, TimeProvider time, ILogger logger)
    {
        this.reader = reader;
        this.database = database;
        topic = subscription.Topic;
        group = subscription.ConsumerGroup;
        this.handler = handler;
        this.options = options;
        this.time = time;
        this.logger = logger;
        slots = new HandlerSlots(Math.Max(options.Concurrency, subscription.MinimumConcurrency));
    }

    public static async Task<RedisSubscription> StartAsync(
        ConnectionMultiplexer reader, IDatabase database, PubSubSubscription subscription, PubSubHandler handler, RedisStreamsOptions options, TimeProvider time, ILogger logger)
    {
        var started = new RedisSubscription(reader, database, subscription, handler, options, time, logger);
        await started.CreateGroupAsync().ConfigureAwait(false);
        started.loops = Task.WhenAll(
            started.RepeatAsync(started.ReadNewAsync, TimeSpan.Zero),
            options.ProcessingTimeout == TimeSpan.Zero || options.RedeliverInterval == TimeSpan.Zero
                ? Task.CompletedTask
                : started.RepeatAsync(started.TakeOverPendingAsync, options.RedeliverInterval));
        return started;
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref disposed, 1) == 1)
        {
            return;
        }

        await stop.CancelAsync().ConfigureAwait(false);
        await loops.ConfigureAwait(false);
        await slots.DrainAsync().ConfigureAwait(false);
        await reader.DisposeAsync().ConfigureAwait(false);
        slots.Dispose();
        stop.Dispose();
    }

    /// <summary>A new group begins with the oldest message of the stream.</summary>
    private async Task CreateGroupAsync()
    {
        try
        {
            await database.StreamCreateConsumerGroupAsync(topic, group, StreamPosition.Beginning, createStream: true).ConfigureAwait(false);
        }
        catch (RedisServerException exists) when (exists.Message.StartsWith("BUSYGROUP", StringComparison.Ordinal))
        {
            // Another replica, or an earlier run, has created it.
        }
    }

    private async Task RepeatAsync(Func<Task> work, TimeSpan pause)
    {
        try
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    await work().ConfigureAwait(false);
                    if (pause > TimeSpan.Zero)
                    {
                        await Task.Delay(pause, time, stop.Token).ConfigureAwait(false);
                    }
                }
                catch (Exception failure) when (failure is not OperationCanceledException)
                {
                    LogReadFailed(logger, failure, topic);
                    await Task.Delay(PauseAfterFailure, time, stop.Token).ConfigureAwait(false);
                    if (failure.Message.StartsWith("NOGROUP", StringComparison.Ordinal))
                    {
                        await TryCreateGroupAsync().ConfigureAwait(false);
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The subscription is disposed.
        }
    }

    private async Task TryCreateGroupAsync()
    {
        try
        {
            await CreateGroupAsync().ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            LogReadFailed(logger, failure, topic);
        }
    }

    /// <summary>Reads as many messages as there are free handlers, so that none waits unread in this process.</summary>
    private async Task ReadNewAsync()
    {
        await slots.EnterAsync(stop.Token).ConfigureAwait(false);
        var room = 1;
        while (room < options.QueueDepth && slots.TryEnter())
        {
            room++;
        }

        try
        {
            var result = await reader.GetDatabase().ExecuteAsync(
                "XREADGROUP", "GROUP", group, group, "COUNT", room, "BLOCK", BlockMilliseconds, "STREAMS", topic, ">").ConfigureAwait(false);
            if (result.IsNull)
            {
                return;
            }

            foreach (var entry in (RedisResult[])result[0][1]!)
            {
                room--;
                Run((string)entry[0]!, Fields((RedisResult[])entry[1]!));
            }
        }
        finally
        {
            while (room-- > 0)
            {
                slots.Leave();
            }
        }
    }

    private async Task TakeOverPendingAsync()
    {
        var idle = (long)options.ProcessingTimeout.TotalMilliseconds;
        var pending = await database.StreamPendingMessagesAsync(topic, group, options.QueueDepth, RedisValue.Null, null, null, idle).ConfigureAwait(false);
        var abandoned = pending.Select(message => message.MessageId).Where(id => !handled.ContainsKey(id.ToString())).ToArray();
        if (abandoned.Length == 0)
        {
            return;
        }

        foreach (var entry in await database.StreamClaimAsync(topic, group, group, idle, abandoned).ConfigureAwait(false))
        {
            if (!entry.IsNull)
            {
                await slots.EnterAsync(stop.Token).ConfigureAwait(false);
                Run(entry.Id.ToString(), entry.Values.ToDictionary(field => field.Name, field => field.Value));
            }
        }
    }

    private void Run(string id, Dictionary<RedisValue, RedisValue> fields)
    {
        handled[id] = true;
        slots.Run(() => HandleAsync(id, fields));
    }

    private async Task HandleAsync(string id, Dictionary<RedisValue, RedisValue> fields)
    {
        try
        {
            try
            {
                if (!await handler(Message(fields), CancellationToken.None).ConfigureAwait(false))
                {
                    LogAcknowledgedFailure(logger, id, topic, "the handler failed");
                }
            }
            catch (Exception untried) when (untried is OperationCanceledException or DeliveryPostponedException)
            {
                return; // stays pending: somebody takes it over
            }
            catch (Exception failure)
            {
                LogAcknowledgedFailure(logger, id, topic, failure.Message);
            }

            await database.StreamAcknowledgeAsync(topic, group, id).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is RedisException or TimeoutException)
        {
            LogNotAcknowledged(logger, failure, id, topic);
        }
        finally
        {
            handled.TryRemove(id, out _);
        }
    }

    private static PubSubMessage Message(Dictionary<RedisValue, RedisValue> fields)
    {
        var metadata = MessageMetadata.Empty;
        if (fields.TryGetValue(RedisPubSub.MetadataField, out var json))
        {
            try
            {
                metadata = JsonSerializer.Deserialize<Dictionary<string, string>>((string)json!) ?? [];
            }
            catch (JsonException)
            {
                // Metadata another writer garbled: the message itself still counts.
                metadata = MessageMetadata.Empty;
            }
        }

        var data = fields.TryGetValue(RedisPubSub.DataField, out var value) ? (byte[]?)value ?? [] : [];
        return new PubSubMessage(data, null, metadata);
    }

    private static Dictionary<RedisValue, RedisValue> Fields(RedisResult[] pairs)
    {
        Dictionary<RedisValue, RedisValue> fields = [];
        for (var i = 0; i + 1 < pairs.Length; i += 2)
        {
            fields[(RedisValue)pairs[i]] = (RedisValue)pairs[i + 1];
        }

        return fields;
    }

    [LoggerMessage(3501, LogLevel.Error, "Reading the Redis stream {Topic} failed; it is tried again.")]
    private static partial void LogReadFailed(ILogger logger, Exception failure, string topic);

    [LoggerMessage(3502, LogLevel.Error, "Message {Id} of the Redis stream {Topic} is acknowledged although it failed: {Problem}")]
    private static partial void LogAcknowledgedFailure(ILogger logger, string id, string topic, string problem);

    [LoggerMessage(3503, LogLevel.Error, "Message {Id} of the Redis stream {Topic} was handled and could not be acknowledged; it will come again.")]
    private static partial void LogNotAcknowledged(ILogger logger, Exception failure, string id, string topic);
}
