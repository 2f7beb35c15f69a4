using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.State;

namespace Lucid.Sidecar.Locks;

/// <summary>The lock building block of one app. Every method throws <see cref="DaprApiException"/> for what daprd answers with an error.</summary>
public sealed class LockEngine
{
    private readonly SidecarContext context;
    private readonly IReadOnlyDictionary<string, LoadedComponent<ILockStore>> stores;
    private readonly Dictionary<string, KeyPrefix> prefixes;

    /// <exception cref="ComponentException">A component's <c>keyPrefix</c> cannot be used.</exception>
    public LockEngine(SidecarContext context, IReadOnlyDictionary<string, LoadedComponent<ILockStore>> stores)
    {
        this.context = context;
        this.stores = stores;
        prefixes = stores.ToDictionary(pair => pair.Key, pair => KeyPrefix.Of(pair.Value.Definition, context.Options.AppId, context.Options.Namespace), StringComparer.Ordinal);
    }

    /// <summary>False while somebody holds the lock.</summary>
    /// <param name="expirySeconds">At least 1; the lock ends by itself then.</param>
    public async Task<bool> TryLockAsync(string store, string resource, string owner, int expirySeconds, CancellationToken cancellationToken)
    {
        var component = Find(store, resource, owner);
        if (expirySeconds <= 0)
        {
            throw LockErrors.NoExpiry(store);
        }

        return await RunAsync(
            component, token => component.Instance.TryLockAsync(KeyOf(store, resource), owner, TimeSpan.FromSeconds(expirySeconds), token), LockErrors.TryLock, cancellationToken).ConfigureAwait(false);
    }

    public async Task<UnlockStatus> UnlockAsync(string store, string resource, string owner, CancellationToken cancellationToken)
    {
        var component = Find(store, resource, owner);
        return await RunAsync(component, token => component.Instance.UnlockAsync(KeyOf(store, resource), owner, token), LockErrors.Unlock, cancellationToken).ConfigureAwait(false);
    }

    private string KeyOf(string store, string resource) => "lock||" + prefixes[store].Apply(resource);

    private LoadedComponent<ILockStore> Find(string store, string resource, string owner)
    {
        if (!stores.TryGetValue(store, out var component))
        {
            throw stores.Count == 0 ? LockErrors.NotConfigured() : LockErrors.NotFound(store);
        }

        return resource.Length == 0 ? throw LockErrors.NoResource(store) : owner.Length == 0 ? throw LockErrors.NoOwner(store) : component;
    }

    private async Task<T> RunAsync<T>(
        LoadedComponent<ILockStore> component, Func<CancellationToken, ValueTask<T>> attempt, Func<Exception, DaprApiException> refuse, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Resiliency.ForComponentOutbound(component.Name)
                .ExecuteAsync(token => attempt(token).AsTask(), _ => AttemptOutcome.Success, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception failure) when (failure is not (OperationCanceledException or DaprApiException) || (failure is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            throw refuse(failure);
        }
    }
}
