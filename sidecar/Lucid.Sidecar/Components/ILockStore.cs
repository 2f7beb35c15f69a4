namespace Lucid.Sidecar.Components;

/// <summary>A lock store. Keys arrive with their prefix.</summary>
public interface ILockStore : IAsyncDisposable
{
    /// <summary>False while somebody holds the lock, the asking owner included.</summary>
    ValueTask<bool> TryLockAsync(string key, string owner, TimeSpan expiry, CancellationToken cancellationToken);

    ValueTask<UnlockStatus> UnlockAsync(string key, string owner, CancellationToken cancellationToken);
}

/// <summary>Numbers as in dapr.proto.</summary>
public enum UnlockStatus
{
    Success,
    DoesNotExist,
    BelongsToOthers,
    InternalError,
}
