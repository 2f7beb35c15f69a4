namespace Lucid.Sidecar.Metadata;

/// <summary>What a sidecar tells of itself.</summary>
public sealed record MetadataDocument(
    string Id,
    string RuntimeVersion,
    IReadOnlyList<LoadedComponent> Components,
    IReadOnlyList<ActiveSubscription> Subscriptions,
    IReadOnlyList<ActiveActors> ActiveActors,
    IReadOnlyDictionary<string, string> Extended,
    AppConnection? App);

/// <param name="Capabilities">daprd's names, for example <c>ETAG</c>, <c>TRANSACTIONAL</c>.</param>
public sealed record LoadedComponent(string Name, string Type, string Version, IReadOnlyList<string> Capabilities);

/// <param name="Kind">DECLARATIVE, PROGRAMMATIC or STREAMING.</param>
public sealed record ActiveSubscription(
    string PubSubName, string Topic, IReadOnlyDictionary<string, string> Metadata, IReadOnlyList<(string Match, string Path)> Rules, string? DeadLetterTopic, string Kind);

public sealed record ActiveActors(string Type, int Count);

/// <param name="HealthCheckPath">Null: the app's health is not checked.</param>
public sealed record AppConnection(int Port, string Protocol, string ChannelAddress, int MaxConcurrency, string? HealthCheckPath);
