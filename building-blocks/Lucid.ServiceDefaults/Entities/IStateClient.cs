namespace Lucid.ServiceDefaults;

/// <summary>
/// The app's state store with first-write semantics (dapr-contract §4.2). A save without ETag requires that the key does not exist; a delete
/// with its ETag happens once. Some stores accept a save whose ETag belongs to a vanished key: nothing here relies on the opposite.
/// </summary>
public interface IStateClient
{
    /// <summary>Null: no such key.</summary>
    Task<StateItem?> GetAsync(string key, CancellationToken cancellationToken);

    /// <summary>In the order of the keys; null where there is none.</summary>
    Task<IReadOnlyList<StateItem?>> GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken);

    /// <summary>False: somebody else wrote first.</summary>
    /// <param name="etag">Null: create.</param>
    /// <param name="timeToLive">Null: for ever. Whole seconds; a store may keep it longer.</param>
    Task<bool> SaveAsync(string key, ReadOnlyMemory<byte> value, string? etag, TimeSpan? timeToLive, CancellationToken cancellationToken);

    /// <summary>False: somebody else changed or deleted it first.</summary>
    Task<bool> DeleteAsync(string key, string etag, CancellationToken cancellationToken);
}

/// <param name="Value">UTF-8 JSON.</param>
public sealed record StateItem(ReadOnlyMemory<byte> Value, string ETag);
