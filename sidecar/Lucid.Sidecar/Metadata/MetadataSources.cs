namespace Lucid.Sidecar.Metadata;

/// <summary>Where the parts of the metadata that change while a sidecar runs are read from.</summary>
public sealed record MetadataSources
{
    public Func<IReadOnlyList<LoadedComponent>> Components { get; init; } = () => [];
    public Func<IReadOnlyList<ActiveSubscription>> Subscriptions { get; init; } = () => [];
    public Func<IReadOnlyList<ActiveActors>> ActiveActors { get; init; } = () => [];

    /// <summary>The app's present port; 0: none.</summary>
    public Func<int> AppPort { get; init; } = () => 0;
}
