using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.State.InMemory;

/// <summary>A dictionary under one lock. Expired items count as absent and are removed by a sweep every second.</summary>
public sealed class InMemoryStateStore : IStateStore
{
    private static readonly TimeSpan SweepInterval = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<string, StateValue> items = new(StringComparer.Ordinal);
    private readonly TimeProvider time;
    private readonly ITimer sweep;

    public InMemoryStateStore(TimeProvider time)
    {
        this.time = time;
        sweep = time.CreateTimer(_ => RemoveExpired(), null, SweepInterval, SweepInterval);
    }

    public bool IsTransactional => true;

    public ValueTask<StateValue?> GetAsync(string key, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            return ValueTask.FromResult(Live(key));
        }
    }

    public ValueTask SetAsync(StateSet operation, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Check(operation.Key, operation.ETag, operation.FirstWrite);
            Apply(operation);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask DeleteAsync(StateDelete operation, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            Check(operation.Key, operation.ETag, operation.FirstWrite);
            Apply(operation);
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            foreach (var operation in operations)
            {
                switch (operation)
                {
                    case StateSet set:
                        Check(set.Key, set.ETag, set.FirstWrite);
                        break;
                    case StateDelete delete:
                        Check(delete.Key, delete.ETag, delete.FirstWrite);
                        break;
                }
            }

            foreach (var operation in operations)
            {
                Apply(operation);
            }
        }

        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await sweep.DisposeAsync().ConfigureAwait(false);
        lock (gate)
        {
            items.Clear();
        }
    }

    private void Apply(StateOperation operation)
    {
        if (operation is not StateSet set)
        {
            items.Remove(operation.Key);
            return;
        }

        var now = time.GetUtcNow();

        // The caller's buffer may be reused once the call returns, so the store keeps its own copy.
        items[set.Key] = new StateValue(set.Data.ToArray(), Guid.CreateVersion7(now).ToString(), set.TimeToLive is { } life ? now + life : null);
    }

    private void Check(string key, string? etag, bool firstWrite)
    {
        if (string.IsNullOrEmpty(etag))
        {
            if (firstWrite && Live(key) is not null)
            {
                throw ETagMismatch.Because("item already exists and no etag was passed");
            }

            return;
        }

        if (Live(key) is not { } current)
        {
            throw ETagMismatch.Because($"state not exist or expired for key={key}");
        }

        if (current.ETag != etag)
        {
            throw ETagMismatch.Because($"state etag not match for key={key}: current={current.ETag}, expect={etag}");
        }
    }

    private StateValue? Live(string key) =>
        items.TryGetValue(key, out var value) && !(value.ExpiresAt <= time.GetUtcNow()) ? value : null;

    private void RemoveExpired()
    {
        lock (gate)
        {
            var now = time.GetUtcNow();
            foreach (var key in items.Where(item => item.Value.ExpiresAt <= now).Select(item => item.Key).ToList())
            {
                items.Remove(key);
            }
        }
    }
}
