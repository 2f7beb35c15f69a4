namespace Lucid.Sidecar.Components;

/// <summary>A state store. Keys arrive with their prefix; values are the stored bytes. Refusals are thrown as <see cref="StateStoreException"/>.</summary>
public interface IStateStore : IAsyncDisposable
{
    bool IsTransactional { get; }

    ValueTask<StateValue?> GetAsync(string key, CancellationToken cancellationToken);

    ValueTask SetAsync(StateSet operation, CancellationToken cancellationToken);

    ValueTask DeleteAsync(StateDelete operation, CancellationToken cancellationToken);

    /// <summary>All or nothing, ETags checked before any write.</summary>
    ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken);
}

public sealed record StateValue(ReadOnlyMemory<byte> Data, string ETag, DateTimeOffset? ExpiresAt);

public abstract record StateOperation(string Key);

/// <param name="ETag">Null or empty: unconditional, unless <paramref name="FirstWrite"/>, which then requires that no live row exists.</param>
public sealed record StateSet(string Key, ReadOnlyMemory<byte> Data, string? ETag, bool FirstWrite, TimeSpan? TimeToLive) : StateOperation(Key);

public sealed record StateDelete(string Key, string? ETag, bool FirstWrite) : StateOperation(Key);

public enum StateStoreFailure { ETagMismatch, ETagInvalid, Other }

/// <summary>A store refused an operation.</summary>
public sealed class StateStoreException(StateStoreFailure failure, string message, Exception? inner = null) : Exception(message, inner)
{
    public StateStoreFailure Failure { get; } = failure;
}
