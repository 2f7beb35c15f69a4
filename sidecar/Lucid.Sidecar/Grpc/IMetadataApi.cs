namespace Lucid.Sidecar.Grpc;

/// <summary>What the gRPC surface asks of the sidecar itself.</summary>
public interface IMetadataApi
{
    SidecarDescription Describe();

    void Set(string key, string value);

    /// <summary>Begins to stop the sidecar; returns at once.</summary>
    void RequestShutdown();
}

/// <summary>The answer of the metadata API, whatever the transport.</summary>
public sealed record SidecarDescription(string Id, string RuntimeVersion)
{
    public IReadOnlyList<DescribedComponent> Components { get; init; } = [];
    public IReadOnlyDictionary<string, string> Extended { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<DescribedSubscription> Subscriptions { get; init; } = [];
    public IReadOnlyList<DescribedActorType> ActiveActors { get; init; } = [];

    /// <summary>Null: the sidecar has no app.</summary>
    public DescribedApp? App { get; init; }
}

public sealed record DescribedComponent(string Name, string Type, string Version, IReadOnlyList<string> Capabilities);

public sealed record DescribedSubscription(string PubSubName, string Topic, string DeadLetterTopic, IReadOnlyDictionary<string, string> Metadata)
{
    public IReadOnlyList<(string Match, string Path)> Rules { get; init; } = [];

    /// <summary>True for a Subscription resource, false for one the app asked for.</summary>
    public bool IsDeclarative { get; init; }
}

public sealed record DescribedActorType(string Type, int Count);

public sealed record DescribedApp(int Port, string Protocol, string ChannelAddress, int MaxConcurrency);
