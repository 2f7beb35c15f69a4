namespace Lucid.Sidecar.Components;

/// <summary>Makes components of one building block. A factory is chosen by the exact <c>spec.type</c>.</summary>
/// <typeparam name="T">The building block's interface.</typeparam>
public interface IComponentFactory<T> where T : IAsyncDisposable
{
    /// <summary>Component types this factory makes, for example <c>state.in-memory</c>.</summary>
    string Type { get; }

    /// <summary>Metadata fields the type understands. A field outside this list is an error naming file, line and field.</summary>
    IReadOnlySet<string> Fields { get; }

    /// <summary>Opens the component. One is opened for each app that may use it; implementations that share a file or a connection share it inside <paramref name="host"/>.</summary>
    ValueTask<T> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken);
}
