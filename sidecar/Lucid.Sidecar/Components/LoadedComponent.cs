namespace Lucid.Sidecar.Components;

/// <summary>A component opened for one app, with the definition it was made from.</summary>
public sealed record LoadedComponent<T>(ComponentDefinition Definition, T Instance) where T : IAsyncDisposable
{
    public string Name => Definition.Name;
}
