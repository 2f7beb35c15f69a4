namespace Lucid.Sidecar.Components;

/// <summary>The components of one app, opened, by name.</summary>
public sealed class ComponentSet : IAsyncDisposable
{
    private readonly Dictionary<string, LoadedComponent<ISecretStore>> secretStores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LoadedComponent<IStateStore>> stateStores = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LoadedComponent<IPubSub>> pubSubs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, LoadedComponent<ILockStore>> lockStores = new(StringComparer.Ordinal);
    private readonly Stack<IAsyncDisposable> opened = [];

    public IReadOnlyDictionary<string, LoadedComponent<ISecretStore>> SecretStores => secretStores;
    public IReadOnlyDictionary<string, LoadedComponent<IStateStore>> StateStores => stateStores;
    public IReadOnlyDictionary<string, LoadedComponent<IPubSub>> PubSubs => pubSubs;
    public IReadOnlyDictionary<string, LoadedComponent<ILockStore>> LockStores => lockStores;

    /// <summary>Every component, in the order opened: name, type and version are what the metadata API shows.</summary>
    public IReadOnlyList<ComponentDefinition> Definitions { get; private set; } = [];

    internal void Add<T>(ComponentDefinition definition, T instance) where T : IAsyncDisposable
    {
        opened.Push(instance);
        Definitions = [.. Definitions, definition];
        switch (instance)
        {
            case ISecretStore secrets:
                secretStores.Add(definition.Name, new LoadedComponent<ISecretStore>(definition, secrets));
                break;
            case IStateStore state:
                stateStores.Add(definition.Name, new LoadedComponent<IStateStore>(definition, state));
                break;
            case IPubSub pubSub:
                pubSubs.Add(definition.Name, new LoadedComponent<IPubSub>(definition, pubSub));
                break;
            case ILockStore locks:
                lockStores.Add(definition.Name, new LoadedComponent<ILockStore>(definition, locks));
                break;
        }
    }

    /// <summary>Closes the components, the last opened first; what they share with other apps stays open.</summary>
    public async ValueTask DisposeAsync()
    {
        while (opened.TryPop(out var component))
        {
            await component.DisposeAsync().ConfigureAwait(false);
        }
    }
}
