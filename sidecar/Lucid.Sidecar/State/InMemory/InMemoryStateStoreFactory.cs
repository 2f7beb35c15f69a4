using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.State.InMemory;

/// <summary><c>state.in-memory</c>: each app has its own, as under daprd, and loses it when its sidecar stops.</summary>
public sealed class InMemoryStateStoreFactory : IComponentFactory<IStateStore>
{
    public string Type => "state.in-memory";

    public IReadOnlySet<string> Fields { get; } = new HashSet<string>();

    public ValueTask<IStateStore> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IStateStore>(new InMemoryStateStore(host.Time));
}
