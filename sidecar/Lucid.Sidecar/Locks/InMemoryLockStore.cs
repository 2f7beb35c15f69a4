using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Locks;

/// <summary>Locks that the sidecars of one process share and that end with it.</summary>
internal sealed class InMemoryLockStore(TimeProvider time) : ILockStore
{
    private readonly Dictionary<string, (string Owner, DateTimeOffset Until)> held = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public ValueTask<bool> TryLockAsync(string key, string owner, TimeSpan expiry, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var (expired, _) in held.Where(entry => entry.Value.Until <= now).ToList())
            {
                held.Remove(expired);
            }

            return ValueTask.FromResult(held.TryAdd(key, (owner, now + expiry)));
        }
    }

    public ValueTask<UnlockStatus> UnlockAsync(string key, string owner, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (!held.TryGetValue(key, out var holder) || holder.Until <= time.GetUtcNow())
            {
                return ValueTask.FromResult(UnlockStatus.DoesNotExist);
            }

            if (holder.Owner != owner)
            {
                return ValueTask.FromResult(UnlockStatus.BelongsToOthers);
            }

            held.Remove(key);
            return ValueTask.FromResult(UnlockStatus.Success);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary><c>lock.in-memory</c>, not known to daprd, which has <c>lock.redis</c>.</summary>
public sealed class InMemoryLockStoreFactory : IComponentFactory<ILockStore>
{
    public string Type => "lock.in-memory";

    public IReadOnlySet<string> Fields { get; } = new HashSet<string>();

    public async ValueTask<ILockStore> CreateAsync(ComponentDefinition definition, ComponentHost host, CancellationToken cancellationToken) =>
        await host.Shared.GetOrAddAsync($"{Type}:{definition.Name}", () => Task.FromResult(new InMemoryLockStore(host.Time))).ConfigureAwait(false);
}
