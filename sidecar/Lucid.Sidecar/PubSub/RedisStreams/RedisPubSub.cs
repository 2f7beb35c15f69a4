using System.Text.Json;
using Lucid.Sidecar.Components;
using StackExchange.Redis;

namespace Lucid.Sidecar.PubSub.RedisStreams;

/// <summary>
/// <c>pubsub.redis</c>: one stream per topic, one consumer group per <c>consumerID</c>. As daprd from 1.17 on, a message whose
/// handler failed is acknowledged all the same; only what was being handled when a process died is delivered again.
/// </summary>
internal sealed class RedisPubSub(IConnectionMultiplexer connection, RedisStreamsOptions options, TimeProvider time, ILogger logger) : IPubSub
{
    internal static readonly RedisValue DataField = "data";
    internal static readonly RedisValue MetadataField = "metadata";

    public async ValueTask PublishAsync(string topic, PubSubMessage message, CancellationToken cancellationToken)
    {
        NameValueEntry[] fields = message.Metadata.Count == 0
            ? [new(DataField, message.Data)]
            : [new(DataField, message.Data), new(MetadataField, JsonSerializer.Serialize(message.Metadata))];
        await connection.GetDatabase()
            .StreamAddAsync(topic, fields, maxLength: options.MaxLength, useApproximateMaxLength: true)
            .WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<IAsyncDisposable> SubscribeAsync(PubSubSubscription subscription, PubSubHandler handler, CancellationToken cancellationToken)
    {
        // A blocking read holds its connection, so each subscription reads on one of its own.
        var reader = await ConnectionMultiplexer.ConnectAsync(options.Connection()).ConfigureAwait(false);
        try
        {
            return await RedisSubscription.StartAsync(reader, connection.GetDatabase(), subscription, handler, options, time, logger).ConfigureAwait(false);
        }
        catch
        {
            await reader.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
