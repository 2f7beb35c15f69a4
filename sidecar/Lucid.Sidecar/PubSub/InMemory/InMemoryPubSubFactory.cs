using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub.InMemory;

/// <summary><c>pubsub.in-memory</c>; every app gets a broker of its own.</summary>
public sealed class InMemoryPubSubFactory : IComponentFactory<IPubSub>
{
    public string Type => "pubsub.in-memory";

    public IReadOnlySet<string> Fields { get; } = new HashSet<string>(TopicRules.Fields, StringComparer.OrdinalIgnoreCase);

    public ValueTask<IPubSub> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IPubSub>(new InMemoryPubSub(host.Loggers.CreateLogger<InMemoryPubSub>()));
}
