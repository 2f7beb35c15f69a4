using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.State;

/// <summary>
/// The state building block of one app: finds the component, prefixes keys, runs the component's outbound policy, counts, and
/// turns a store's refusal into daprd's error. Every method throws <see cref="DaprApiException"/> for what daprd answers with an error.
/// </summary>
public sealed class StateEngine
{
    private readonly SidecarContext context;
    private readonly IReadOnlyDictionary<string, LoadedComponent<IStateStore>> stores;
    private readonly Dictionary<string, KeyPrefix> prefixes;
    private readonly IReadOnlyDictionary<string, StateOutbox> outboxes;
    private readonly OperationMetrics metrics;

    /// <param name="outboxes">By store; a store without one publishes nothing.</param>
    /// <exception cref="ComponentException">A component's <c>keyPrefix</c> cannot be used.</exception>
    public StateEngine(
        SidecarContext context, IReadOnlyDictionary<string, LoadedComponent<IStateStore>> stores, IReadOnlyDictionary<string, StateOutbox>? outboxes = null)
    {
        this.outboxes = outboxes ?? new Dictionary<string, StateOutbox>();
        this.context = context;
        this.stores = stores;
        prefixes = stores.ToDictionary(
            pair => pair.Key, pair => KeyPrefix.Of(pair.Value.Definition, context.Options.AppId, context.Options.Namespace));
        metrics = new OperationMetrics(context, "state");
    }

    /// <summary>The live value, or null.</summary>
    public async Task<StateValue?> GetAsync(string store, string key, CancellationToken cancellationToken)
    {
        var component = Find(store);
        var stored = prefixes[store].Apply(key);
        return await MeasureAsync(
            component,
            "get",
            attempt => component.Instance.GetAsync(stored, attempt).AsTask(),
            failure => StateErrors.Get(store, key, failure),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>One entry for each key, in the order asked; an entry that cannot be read carries its error.</summary>
    /// <param name="parallelism">At most this many reads at once; 0 or less: all.</param>
    public async Task<IReadOnlyList<BulkStateEntry>> GetBulkAsync(
        string store, IReadOnlyList<string> keys, int parallelism, CancellationToken cancellationToken)
    {
        var component = Find(store);
        var stored = keys.Select(prefixes[store].Apply).ToArray();
        if (keys.Count == 0)
        {
            return [];
        }

        return await MeasureAsync(
            component,
            "bulk_get",
            attempt => ReadAllAsync(component.Instance, keys, stored, parallelism, attempt),
            StateErrors.BulkGet,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Saves every item on its own: not atomic. When several fail, one error carries all their messages.</summary>
    public async Task SaveAsync(string store, IReadOnlyList<StateItem> items, CancellationToken cancellationToken)
    {
        var component = Find(store);
        var keys = items.Select(item => prefixes[store].Apply(item.Key)).ToArray();
        if (items.Count == 0)
        {
            return;
        }

        await WriteAsync(
            component,
            "set",
            items.Count,
            (index, attempt) => component.Instance.SetAsync(StateOperations.Set(items[index], keys[index]), attempt),
            failure => StateErrors.Save(store, failure),
            cancellationToken).ConfigureAwait(false);
    }

    public async Task DeleteAsync(string store, StateItem item, CancellationToken cancellationToken)
    {
        var component = Find(store);
        var key = prefixes[store].Apply(item.Key);
        await WriteAsync(
            component,
            "delete",
            1,
            (_, attempt) => component.Instance.DeleteAsync(StateOperations.Delete(item, key), attempt),
            failure => StateErrors.Delete(item.Key, failure),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes every item on its own: not atomic.</summary>
    public async Task DeleteBulkAsync(string store, IReadOnlyList<StateItem> items, CancellationToken cancellationToken)
    {
        var component = Find(store);
        var keys = items.Select(item => prefixes[store].Apply(item.Key)).ToArray();
        if (items.Count == 0)
        {
            return;
        }

        await WriteAsync(
            component,
            "bulk_delete",
            items.Count,
            (index, attempt) => component.Instance.DeleteAsync(StateOperations.Delete(items[index], keys[index]), attempt),
            failure => StateErrors.BulkDelete(store, failure),
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>All steps or none. Any refusal of the store, a stale ETag included, is <c>ERR_STATE_TRANSACTION</c>.</summary>
    public async Task TransactAsync(string store, IReadOnlyList<StateTransactionStep> steps, CancellationToken cancellationToken)
    {
        var component = RequireTransactions(store);
        var unknown = steps.FirstOrDefault(step => step.Operation is not ("upsert" or "delete"));
        if (unknown is not null)
        {
            throw StateErrors.UnknownOperation(unknown.Operation);
        }

        if (steps.Count == 0)
        {
            return;
        }

        var keys = steps.Select(step => prefixes[store].Apply(step.Item.Key)).ToArray();
        if (outboxes.TryGetValue(store, out var outbox))
        {
            steps = await outbox.PrepareAsync(steps, cancellationToken).ConfigureAwait(false);
            keys = [.. steps.Select(step => prefixes[store].Apply(step.Item.Key))];
        }

        await WriteAsync(
            component,
            "transaction",
            1,
            (_, attempt) => component.Instance.TransactAsync(
                [.. steps.Select((step, index) => step.Operation == "upsert" ? (StateOperation)StateOperations.Set(step.Item, keys[index]) : StateOperations.Delete(step.Item, keys[index]))],
                attempt),
            StateErrors.Transaction,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Refuses an unknown or non-transactional store before its request is read.</summary>
    public LoadedComponent<IStateStore> RequireTransactions(string store)
    {
        var component = Find(store);
        return component.Instance.IsTransactional ? component : throw StateErrors.TransactionsNotSupported(store);
    }

    /// <summary>No store here answers queries.</summary>
    public void Query(string store)
    {
        _ = Find(store);
        throw StateErrors.QueryNotSupported(store);
    }

    /// <summary>Refuses an unknown store before its request is read.</summary>
    public LoadedComponent<IStateStore> Find(string store)
    {
        if (stores.TryGetValue(store, out var component))
        {
            return component;
        }

        throw stores.Count == 0
            ? StateErrors.NotConfigured(store, context.Options.AppId)
            : StateErrors.NotFound(store, context.Options.AppId);
    }

    private static async Task<IReadOnlyList<BulkStateEntry>> ReadAllAsync(
        IStateStore store, IReadOnlyList<string> keys, string[] stored, int parallelism, CancellationToken cancellationToken)
    {
        var entries = new BulkStateEntry[keys.Count];
        var options = new ParallelOptions
        {
            MaxDegreeOfParallelism = parallelism > 0 ? parallelism : -1,
            CancellationToken = cancellationToken,
        };
        await Parallel.ForAsync(0, keys.Count, options, async (index, token) =>
        {
            try
            {
                entries[index] = new BulkStateEntry(keys[index], await store.GetAsync(stored[index], token).ConfigureAwait(false), null);
            }
            catch (StateStoreException failure)
            {
                entries[index] = new BulkStateEntry(keys[index], null, failure.Message);
            }
        }).ConfigureAwait(false);
        return entries;
    }

    /// <summary>Writes that succeed are not repeated when the policy retries; a refused ETag is an answer, not a failure to retry.</summary>
    private async Task WriteAsync(
        LoadedComponent<IStateStore> component,
        string operation,
        int count,
        Func<int, CancellationToken, ValueTask> write,
        Func<Exception, DaprApiException> refuse,
        CancellationToken cancellationToken)
    {
        var pending = Enumerable.Range(0, count).ToList();
        List<StateStoreException> refusals = [];
        await MeasureAsync(component, operation, AttemptAsync, refuse, cancellationToken).ConfigureAwait(false);

        async Task<bool> AttemptAsync(CancellationToken token)
        {
            var outcomes = await Task.WhenAll(pending.Select(index => OutcomeAsync(index, token))).ConfigureAwait(false);
            var failures = outcomes.OfType<StateStoreException>().ToList();
            refusals.AddRange(failures.Where(IsETagRefusal));
            pending = [.. pending.Where((_, position) => outcomes[position] is { } failure && !IsETagRefusal(failure))];
            if (pending.Count > 0)
            {
                throw Combine(failures);
            }

            return refusals.Count > 0 ? throw new PermanentFailureException("refused", Combine(refusals)) : true;
        }

        async Task<StateStoreException?> OutcomeAsync(int index, CancellationToken token)
        {
            try
            {
                await write(index, token).ConfigureAwait(false);
                return null;
            }
            catch (StateStoreException failure)
            {
                return failure;
            }
        }
    }

    private static bool IsETagRefusal(StateStoreException failure) => failure.Failure is not StateStoreFailure.Other;

    private static StateStoreException Combine(List<StateStoreException> failures) => failures.Count == 1
        ? failures[0]
        : new StateStoreException(
            (failures.Find(IsETagRefusal) ?? failures[0]).Failure, string.Join('\n', failures.Select(failure => failure.Message)), failures[0]);

    private async Task<T> MeasureAsync<T>(
        LoadedComponent<IStateStore> component,
        string operation,
        Func<CancellationToken, Task<T>> attempt,
        Func<Exception, DaprApiException> refuse,
        CancellationToken cancellationToken)
    {
        var started = context.Time.GetTimestamp();
        var succeeded = false;
        try
        {
            var result = await context.Resiliency.ForComponentOutbound(component.Name)
                .ExecuteAsync(attempt, _ => AttemptOutcome.Success, cancellationToken).ConfigureAwait(false);
            succeeded = true;
            return result;
        }
        catch (PermanentFailureException refused) when (refused.InnerException is { } reason)
        {
            throw refuse(reason);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            throw refuse(failure);
        }
        finally
        {
            metrics.Record(component.Name, operation, succeeded, context.Time.GetElapsedTime(started));
        }
    }
}
