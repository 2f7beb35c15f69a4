using System.Collections.Concurrent;
using System.Text.Json;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <summary>
/// Keeps the reminders of actor types for one app: stored before acknowledged, fired at least once each, in the turn of their actor.
/// A firing that fails is repeated, with growing pauses, until it succeeds or the reminder is gone. What has fired is written down afterwards,
/// so a crash in between repeats a firing and loses none.
/// </summary>
internal sealed partial class ReminderService(
    ActorEngine engine, ReminderStore? store, TimerHeap heap, ActorMetrics metrics, TimeProvider time, ILogger logger)
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);

    private const string Moving = "the type's reminders are moving to another sidecar; try again";
    private readonly ConcurrentDictionary<string, ReminderKeeping> kept = new(StringComparer.Ordinal);

    /// <summary>Reads and arms a type's reminders; those waiting for another try are fired now. When the store fails, this is tried again later.</summary>
    public async Task KeepAsync(string type, CancellationToken cancellationToken)
    {
        if (store is null)
        {
            return;
        }

        var keeping = kept.GetOrAdd(type, static type => new ReminderKeeping(type));
        foreach (var bucket in keeping.Buckets)
        {
            await bucket.Gate.WaitAsync(cancellationToken);
            try
            {
                await LoadAsync(keeping, bucket, cancellationToken);
                foreach (var entry in bucket.Entries.Values.Where(entry => entry.Failures > 0))
                {
                    // One that is being tried this very moment comes again after the shortest pause if it fails.
                    entry.Failures = 0;
                    if (heap.Cancel(entry.Waiting))
                    {
                        Arm(keeping, bucket, entry, time.GetUtcNow());
                    }
                }
            }
            catch (Exception failure) when (failure is StateStoreException or TimeoutException or CircuitOpenException or JsonException)
            {
                LogLoadFailed(failure, type);
                heap.Schedule(time.GetUtcNow() + LongestPause, () => KeepAgainAsync(type));
                return;
            }
            finally
            {
                bucket.Gate.Release();
            }
        }
    }

    /// <summary>From now on nothing of this type fires here; what is being fired may end and is written down.</summary>
    public void Quiet(string type)
    {
        if (kept.TryGetValue(type, out var keeping))
        {
            keeping.IsQuiet = true;
            foreach (var entry in keeping.Buckets.SelectMany(bucket => bucket.Entries.Values))
            {
                heap.Cancel(entry.Waiting);
            }
        }
    }

    /// <summary>Waits for firings that run, then lets the type go: its keys are never written here again, so that another engine may.</summary>
    public async Task CloseAsync(string type, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (!kept.TryGetValue(type, out var keeping))
        {
            return;
        }

        try
        {
            await keeping.FinishAsync().WaitAsync(patience, time, cancellationToken);
        }
        catch (Exception timeout) when (timeout is TimeoutException or OperationCanceledException)
        {
            LogFiringAbandoned(type);
        }

        foreach (var bucket in keeping.Buckets)
        {
            await bucket.Gate.WaitAsync(CancellationToken.None);
            bucket.IsClosed = true;
            metrics.Reminders(type, -bucket.Entries.Count);
            bucket.Gate.Release();
        }

        kept.TryRemove(type, out _);
    }

    /// <exception cref="DaprApiException"/>
    public async Task CreateAsync(ReminderRequest request, CancellationToken cancellationToken)
    {
        var (plan, problem) = FiringPlan.Parse(request.DueTime, request.Period, request.TimeToLive, time.GetUtcNow());
        if (plan is null)
        {
            throw new DaprApiException(ActorErrors.ReminderCreate(problem));
        }

        var reminder = new Reminder(request.ActorType, request.ActorId, request.Name, plan, request.Data);
        await InBucketAsync(reminder.Type, reminder.Id, reminder.Name, ActorErrors.ReminderCreate, async (keeping, bucket) =>
        {
            var key = (reminder.Id, reminder.Name);
            var known = bucket.Entries.GetValueOrDefault(key);
            if (known is not null && !request.Overwrite)
            {
                throw new DaprApiException(ActorErrors.ReminderAlreadyExists(request.Name));
            }

            await store!.SaveAsync(reminder, known is null ? [.. bucket.Entries.Keys, key] : null, CancellationToken.None);
            heap.Cancel(known?.Waiting);
            var entry = new ReminderEntry(reminder);
            bucket.Entries[key] = entry;
            metrics.Reminders(reminder.Type, known is null ? 1 : 0);
            Arm(keeping, bucket, entry, plan.Next);
            return true;
        }, cancellationToken);
    }

    /// <exception cref="DaprApiException"/>
    public Task<Reminder?> FindAsync(string type, string id, string name, CancellationToken cancellationToken) =>
        InBucketAsync(type, id, name, ActorErrors.ReminderGet, (_, bucket) => Task.FromResult(bucket.Entries.GetValueOrDefault((id, name))?.Reminder), cancellationToken);

    /// <exception cref="DaprApiException"/>
    public async Task DeleteAsync(string type, string id, string name, CancellationToken cancellationToken)
    {
        await InBucketAsync(type, id, name, ActorErrors.ReminderDelete, async (_, bucket) =>
        {
            if (bucket.Entries.TryGetValue((id, name), out var entry))
            {
                await RemoveAsync(bucket, entry);
            }

            return true;
        }, cancellationToken);
    }

    private async Task KeepAgainAsync(string type)
    {
        if (kept.ContainsKey(type))
        {
            await KeepAsync(type, CancellationToken.None);
        }
    }

    private async Task<T> InBucketAsync<T>(
        string type, string id, string name, Func<string, DaprError> error, Func<ReminderKeeping, ReminderBucket, Task<T>> action, CancellationToken cancellationToken)
    {
        var keeping = kept.TryGetValue(type, out var known) ? known : throw new DaprApiException(error(Moving));
        var bucket = keeping.Buckets[ReminderStore.BucketOf(type, id, name)];
        await bucket.Gate.WaitAsync(cancellationToken);
        try
        {
            if (bucket.IsClosed)
            {
                throw new DaprApiException(error(Moving));
            }

            await LoadAsync(keeping, bucket, cancellationToken);
            return await action(keeping, bucket);
        }
        catch (Exception failure) when (failure is StateStoreException or TimeoutException or CircuitOpenException or JsonException)
        {
            throw new DaprApiException(error(failure.Message), failure);
        }
        finally
        {
            bucket.Gate.Release();
        }
    }

    /// <summary>Nothing is written to a bucket that has not been read: its index would forget the others.</summary>
    private async Task LoadAsync(ReminderKeeping keeping, ReminderBucket bucket, CancellationToken cancellationToken)
    {
        if (bucket.IsLoaded)
        {
            return;
        }

        var reminders = await store!.ReadBucketAsync(keeping.Type, bucket.Number, cancellationToken);
        foreach (var reminder in reminders)
        {
            var entry = new ReminderEntry(reminder);
            bucket.Entries[(reminder.Id, reminder.Name)] = entry;
            Arm(keeping, bucket, entry, reminder.Plan.Next);
        }

        bucket.IsLoaded = true;
        metrics.Reminders(keeping.Type, reminders.Count);
    }

    private async Task RemoveAsync(ReminderBucket bucket, ReminderEntry entry)
    {
        var key = (entry.Reminder.Id, entry.Reminder.Name);
        await store!.DeleteAsync(entry.Reminder, bucket.Entries.Keys.Where(other => other != key), CancellationToken.None);
        bucket.Entries.Remove(key, out _);
        metrics.Reminders(entry.Reminder.Type, -1);
        heap.Cancel(entry.Waiting);
    }

    private static bool IsCurrent(ReminderBucket bucket, ReminderEntry entry) =>
        !bucket.IsClosed
        && bucket.Entries.TryGetValue((entry.Reminder.Id, entry.Reminder.Name), out var current)
        && current == entry;
}
