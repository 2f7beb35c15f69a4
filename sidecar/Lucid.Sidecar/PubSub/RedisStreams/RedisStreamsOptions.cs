using System.Globalization;
using Lucid.Sidecar.Components;
using StackExchange.Redis;

namespace Lucid.Sidecar.PubSub.RedisStreams;

/// <summary>Settings of <c>pubsub.redis</c>, with daprd's names and defaults.</summary>
internal sealed record RedisStreamsOptions
{
    /// <summary>Longer than any blocking read.</summary>
    private static readonly TimeSpan CommandTimeout = TimeSpan.FromSeconds(10);

    public static IReadOnlyList<string> Fields { get; } =
    [
        "redisHost", "redisUsername", "redisPassword", "redisDB", "enableTLS",
        "concurrency", "queueDepth", "processingTimeout", "redeliverInterval", "maxLenApprox",
    ];

    public required string Host { get; init; }
    public string? Username { get; init; }
    public string? Password { get; init; }
    public int Database { get; init; }
    public bool EnableTls { get; init; }

    /// <summary>Handlers at once per subscription.</summary>
    public int Concurrency { get; init; } = 10;

    /// <summary>Most messages taken by one read.</summary>
    public int QueueDepth { get; init; } = 100;

    /// <summary>A message pending for longer is taken over. Zero switches redelivery off.</summary>
    public TimeSpan ProcessingTimeout { get; init; }

    /// <summary>How often pending messages are looked at. Zero switches redelivery off.</summary>
    public TimeSpan RedeliverInterval { get; init; }

    /// <summary>Approximate length a stream is cut to; null: never.</summary>
    public int? MaxLength { get; init; }

    public static RedisStreamsOptions Read(ComponentDefinition definition) => new()
    {
        Host = ComponentFields.Required(definition, "redisHost"),
        Username = definition["redisUsername"] is { Length: > 0 } user ? user : null,
        Password = definition["redisPassword"] is { Length: > 0 } password ? password : null,
        Database = ComponentFields.Integer(definition, "redisDB", 0, 0, 1000),
        EnableTls = ComponentFields.Boolean(definition, "enableTLS"),
        Concurrency = ComponentFields.Integer(definition, "concurrency", 10, 1, 1000),
        QueueDepth = ComponentFields.Integer(definition, "queueDepth", 100, 1, 100_000),
        ProcessingTimeout = ComponentFields.Duration(definition, "processingTimeout", TimeSpan.FromSeconds(15)),
        RedeliverInterval = ComponentFields.Duration(definition, "redeliverInterval", TimeSpan.FromSeconds(60)),
        MaxLength = definition["maxLenApprox"] is { Length: > 0 } ? ComponentFields.Integer(definition, "maxLenApprox", 0, 1, int.MaxValue) : null,
    };

    /// <summary>One connection of the process serves every component with the same key.</summary>
    public string ConnectionKey => string.Create(CultureInfo.InvariantCulture, $"pubsub.redis:{Host}/{Database}/{Username}/{EnableTls}");

    public ConfigurationOptions Connection()
    {
        var connection = new ConfigurationOptions
        {
            User = Username,
            Password = Password,
            Ssl = EnableTls,
            DefaultDatabase = Database,
            ClientName = "lucid-sidecar",
            AbortOnConnectFail = true,
            Protocol = RedisProtocol.Resp2, // the blocking read is parsed here, and RESP3 would shape its reply differently
            AsyncTimeout = (int)CommandTimeout.TotalMilliseconds,
        };
        connection.EndPoints.Add(Host);
        return connection;
    }
}
