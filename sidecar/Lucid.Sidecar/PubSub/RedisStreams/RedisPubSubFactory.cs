using Lucid.Sidecar.Components;
using StackExchange.Redis;

namespace Lucid.Sidecar.PubSub.RedisStreams;

/// <summary><c>pubsub.redis</c>, Redis 6.2 or newer.</summary>
public sealed class RedisPubSubFactory : IComponentFactory<IPubSub>
{
    public string Type => "pubsub.redis";

    public IReadOnlySet<string> Fields { get; } = new HashSet<string>([.. TopicRules.Fields, .. RedisStreamsOptions.Fields], StringComparer.OrdinalIgnoreCase);

    public async ValueTask<IPubSub> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken)
    {
        var options = RedisStreamsOptions.Read(definition);
        try
        {
            var connection = await host.Shared.GetOrAddAsync(
                options.ConnectionKey, async () => await ConnectionMultiplexer.ConnectAsync(options.Connection()).ConfigureAwait(false)).ConfigureAwait(false);
            return new RedisPubSub(connection, options, host.Time, host.Loggers.CreateLogger<RedisPubSub>());
        }
        catch (RedisConnectionException failure)
        {
            throw new InvalidOperationException($"Redis at {options.Host} cannot be reached: {failure.Message}", failure);
        }
    }
}
