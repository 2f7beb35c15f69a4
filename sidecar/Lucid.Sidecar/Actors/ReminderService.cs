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

    private readonly ConcurrentDictionary<string, Bucket[]> kept = new(StringComparer.Ordinal);

    /// <summary>Reads and arms a type's reminders; those waiting for another try are fired now. When the store fails, this is tried again later.</summary>
    public async Task KeepAsync(string type, CancellationToken cancellationToken)
    {
        if (store is null)
        {
            return;
        }

        var buckets = kept.GetOrAdd(type, static _ => [.. Enumerable.Range(0, ReminderStore.Buckets).Select(number => new Bucket(number))]);
        foreach (var bucket in buckets)
        {
            await bucket.Gate.WaitAsync(cancellationToken);
            try
            {
                await LoadAsync(type, bucket, cancellationToken);
                foreach (var entry in bucket.Entries.Values.Where(entry => entry.Failures > 0))
                {
                    // One that is being tried this very moment comes again after the shortest pause if it fails.
                    entry.Failures = 0;
                    if (heap.Cancel(entry.Waiting))
                    {
                        Arm(type, bucket, entry, time.GetUtcNow());
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

    /// <summary>Stops firing a type's reminders here; they stay stored.</summary>
    public void Release(string type)
    {
        if (kept.TryRemove(type, out var buckets))
        {
            foreach (var entry in buckets.SelectMany(bucket => bucket.Entries.Values.ToArray()))
            {
                heap.Cancel(entry.Waiting);
            }

            metrics.Reminders(type, 0);
        }
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
        await InBucketAsync(reminder.Type, reminder.Id, reminder.Name, ActorErrors.ReminderCreate, async bucket =>
        {
            var key = (reminder.Id, reminder.Name);
            var known = bucket.Entries.GetValueOrDefault(key);
            if (known is not null && !request.Overwrite)
            {
                throw new DaprApiException(ActorErrors.ReminderAlreadyExists(request.Name));
            }

            await store!.SaveAsync(reminder, known is null ? [.. bucket.Entries.Keys, key] : null, CancellationToken.None);
            heap.Cancel(known?.Waiting);
            var entry = new Entry(reminder);
            bucket.Entries[key] = entry;
            Arm(reminder.Type, bucket, entry, plan.Next);
            return true;
        }, cancellationToken);
        Count(reminder.Type);
    }

    /// <exception cref="DaprApiException"/>
    public Task<Reminder?> FindAsync(string type, string id, string name, CancellationToken cancellationToken) =>
        InBucketAsync(type, id, name, ActorErrors.ReminderGet, bucket => Task.FromResult(bucket.Entries.GetValueOrDefault((id, name))?.Reminder), cancellationToken);

    /// <exception cref="DaprApiException"/>
    public async Task DeleteAsync(string type, string id, string name, CancellationToken cancellationToken)
    {
        await InBucketAsync(type, id, name, ActorErrors.ReminderDelete, async bucket =>
        {
            if (bucket.Entries.TryGetValue((id, name), out var entry))
            {
                await RemoveAsync(bucket, entry);
            }

            return true;
        }, cancellationToken);
        Count(type);
    }

    private async Task KeepAgainAsync(string type)
    {
        if (kept.ContainsKey(type))
        {
            await KeepAsync(type, CancellationToken.None);
        }
    }

    private async Task<T> InBucketAsync<T>(
        string type, string id, string name, Func<string, DaprError> error, Func<Bucket, Task<T>> action, CancellationToken cancellationToken)
    {
        var bucket = kept.TryGetValue(type, out var buckets)
            ? buckets[ReminderStore.BucketOf(type, id, name)]
            : throw new DaprApiException(ActorErrors.ReminderNonHosted);
        await bucket.Gate.WaitAsync(cancellationToken);
        try
        {
            await LoadAsync(type, bucket, cancellationToken);
            return await action(bucket);
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
    private async Task LoadAsync(string type, Bucket bucket, CancellationToken cancellationToken)
    {
        if (bucket.IsLoaded)
        {
            return;
        }

        var reminders = await store!.ReadBucketAsync(type, bucket.Number, cancellationToken);
        foreach (var reminder in reminders)
        {
            var entry = new Entry(reminder);
            bucket.Entries[(reminder.Id, reminder.Name)] = entry;
            Arm(type, bucket, entry, reminder.Plan.Next);
        }

        bucket.IsLoaded = true;
        Count(type);
    }

    private void Arm(string type, Bucket bucket, Entry entry, DateTimeOffset due) =>
        entry.Waiting = heap.Schedule(due, () => RunAsync(type, bucket, entry));

    private async Task RunAsync(string type, Bucket bucket, Entry entry)
    {
        if (!IsCurrent(type, bucket, entry))
        {
            return;
        }

        // A firing that is only not written down yet is not repeated.
        entry.Done ??= entry.Reminder.Plan.IsExpired(time.GetUtcNow()) ? Firing.Last : await FireAsync(type, bucket, entry);
        if (entry.Done is { } done && await TryCompleteAsync(type, bucket, entry, done))
        {
            Count(type);
            return;
        }

        entry.Failures++;
        var pause = ShortestPause * Math.Pow(2, Math.Min(entry.Failures - 1, 16));
        Arm(type, bucket, entry, time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause));
    }

    /// <returns>Null when it failed and has to be repeated.</returns>
    private async Task<Firing?> FireAsync(string type, Bucket bucket, Entry entry)
    {
        var reminder = entry.Reminder;
        var key = new ActorKey(engine.Namespace, type, reminder.Id);
        var call = new ActorCall($"remind/{Uri.EscapeDataString(reminder.Name)}", "", FiringBody.Headers, FiringBody.Write(reminder.Plan, reminder.Data))
        {
            StillWanted = () => IsCurrent(type, bucket, entry),
            IsReminder = true,
        };
        TurnResult result;
        try
        {
            result = engine.ReminderRetries is { } retries
                ? await retries.ExecuteAsync(attempt => engine.RouteAsync(key, call, attempt), static result => new AttemptOutcome(IsFailure(result)), engine.Stopping)
                : await engine.RouteAsync(key, call, engine.Stopping);
        }
        catch (Exception failure) when (failure is OperationCanceledException or TimeoutException or CircuitOpenException)
        {
            result = new TurnResult(TurnOutcome.Failed, Failure: failure);
        }

        if (result.Outcome == TurnOutcome.NotWanted)
        {
            return Firing.Last;
        }

        metrics.ReminderFired(type, !IsFailure(result));
        if (IsFailure(result))
        {
            LogFiringFailed(result.Failure, type, reminder.Id, reminder.Name, result.Response?.Status.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? result.Outcome.ToString());
            return null;
        }

        return result.Response!.IsReminderCancelled ? Firing.Last : Firing.Ordinary;
    }

    private static bool IsFailure(TurnResult result) => result.Outcome != TurnOutcome.NotWanted && result.Response is not { Status: 200 };

    /// <summary>Writes a firing down: the next one, or the end.</summary>
    private async Task<bool> TryCompleteAsync(string type, Bucket bucket, Entry entry, Firing done)
    {
        await bucket.Gate.WaitAsync(CancellationToken.None);
        try
        {
            if (!IsCurrent(type, bucket, entry))
            {
                return true;
            }

            if (done == Firing.Last || entry.Reminder.Plan.After(time.GetUtcNow()) is not { } next)
            {
                await RemoveAsync(bucket, entry);
                return true;
            }

            var advanced = entry.Reminder with { Plan = next };
            await store!.SaveAsync(advanced, null, CancellationToken.None);
            entry.Reminder = advanced;
            entry.Failures = 0;
            entry.Done = null;
            Arm(type, bucket, entry, next.Next);
            return true;
        }
        catch (Exception failure) when (failure is StateStoreException or TimeoutException or CircuitOpenException)
        {
            LogSaveFailed(failure, type, entry.Reminder.Id, entry.Reminder.Name);
            return false;
        }
        finally
        {
            bucket.Gate.Release();
        }
    }

    private async Task RemoveAsync(Bucket bucket, Entry entry)
    {
        var key = (entry.Reminder.Id, entry.Reminder.Name);
        await store!.DeleteAsync(entry.Reminder, bucket.Entries.Keys.Where(other => other != key), CancellationToken.None);
        bucket.Entries.Remove(key, out _);
        heap.Cancel(entry.Waiting);
    }

    private bool IsCurrent(string type, Bucket bucket, Entry entry) =>
        kept.TryGetValue(type, out var buckets)
        && buckets[bucket.Number] == bucket
        && bucket.Entries.TryGetValue((entry.Reminder.Id, entry.Reminder.Name), out var current)
        && current == entry;

    private void Count(string type)
    {
        if (kept.TryGetValue(type, out var buckets))
        {
            metrics.Reminders(type, buckets.Sum(bucket => bucket.Entries.Count));
        }
    }

    private enum Firing
    {
        Ordinary,

        /// <summary>The actor wants no more, or nobody wants it any more.</summary>
        Last,
    }

    private sealed class Bucket(int number)
    {
        public int Number => number;

        /// <summary>Held by whoever reads or writes the bucket's keys.</summary>
        public SemaphoreSlim Gate { get; } = new(1);
        public ConcurrentDictionary<(string Id, string Name), Entry> Entries { get; } = new();
        public bool IsLoaded { get; set; }
    }

    private sealed class Entry(Reminder reminder)
    {
        public Reminder Reminder { get; set; } = reminder;
        public TimerHeap.Entry? Waiting { get; set; }

        /// <summary>Tries of the coming firing that failed.</summary>
        public int Failures { get; set; }

        /// <summary>How the firing ended that is not written down yet.</summary>
        public Firing? Done { get; set; }
    }
}
