using System.Collections.Concurrent;
using System.Text;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Tests.Actors;

/// <summary>A state store whose data outlives the engines that use it, and that can be made to fail.</summary>
internal sealed class MemoryStore(TimeProvider time) : IStateStore
{
    public ConcurrentDictionary<string, StateValue> Data { get; } = new();

    public bool IsTransactional { get; init; } = true;

    /// <summary>Throws instead of writing or reading when it returns true.</summary>
    public Func<string, bool> Fails { get; set; } = _ => false;

    public string Text(string key) => Encoding.UTF8.GetString(Data[key].Data.Span);

    public ValueTask<StateValue?> GetAsync(string key, CancellationToken cancellationToken)
    {
        Check("get", key);
        return ValueTask.FromResult(Data.TryGetValue(key, out var value) && !(value.ExpiresAt <= time.GetUtcNow()) ? value : null);
    }

    public ValueTask SetAsync(StateSet operation, CancellationToken cancellationToken) => TransactAsync([operation], cancellationToken);

    public ValueTask DeleteAsync(StateDelete operation, CancellationToken cancellationToken) => TransactAsync([operation], cancellationToken);

    public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        foreach (var operation in operations)
        {
            Check(operation is StateSet ? "set" : "delete", operation.Key);
        }

        foreach (var operation in operations)
        {
            if (operation is StateSet set)
            {
                Data[set.Key] = new StateValue(set.Data.ToArray(), "1", set.TimeToLive is { } ttl ? time.GetUtcNow() + ttl : null);
            }
            else
            {
                Data.TryRemove(operation.Key, out _);
            }
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private void Check(string operation, string key)
    {
        if (Fails($"{operation} {key}"))
        {
            throw new StateStoreException(StateStoreFailure.Other, "the store is down");
        }
    }
}
