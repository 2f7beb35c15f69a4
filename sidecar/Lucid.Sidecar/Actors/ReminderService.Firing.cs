using System.Globalization;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <content>Firing one reminder and writing it down.</content>
internal sealed partial class ReminderService
{
    private void Arm(ReminderKeeping keeping, ReminderBucket bucket, ReminderEntry entry, DateTimeOffset due)
    {
        if (!keeping.IsQuiet)
        {
            entry.Waiting = heap.Schedule(due, () => RunAsync(keeping, bucket, entry));
        }
    }

    private async Task RunAsync(ReminderKeeping keeping, ReminderBucket bucket, ReminderEntry entry)
    {
        if (!keeping.TryBegin())
        {
            return;
        }

        try
        {
            await TryAsync(keeping, bucket, entry);
        }
        finally
        {
            keeping.End();
        }
    }

    private async Task TryAsync(ReminderKeeping keeping, ReminderBucket bucket, ReminderEntry entry)
    {
        if (!IsCurrent(bucket, entry))
        {
            return;
        }

        // A firing that is only not written down yet is not repeated.
        entry.Done ??= entry.Reminder.Plan.IsExpired(time.GetUtcNow()) ? ReminderFiring.Last : await FireAsync(keeping.Type, bucket, entry);
        if (entry.Done is { } done && await TryCompleteAsync(keeping, bucket, entry, done))
        {
            return;
        }

        entry.Failures++;
        var pause = ShortestPause * Math.Pow(2, Math.Min(entry.Failures - 1, 16));
        Arm(keeping, bucket, entry, time.GetUtcNow() + (pause < LongestPause ? pause : LongestPause));
    }

    /// <returns>Null when it failed and has to be repeated.</returns>
    private async Task<ReminderFiring?> FireAsync(string type, ReminderBucket bucket, ReminderEntry entry)
    {
        var reminder = entry.Reminder;
        var key = new ActorKey(engine.Namespace, type, reminder.Id);
        var call = new ActorCall($"remind/{Uri.EscapeDataString(reminder.Name)}", "", FiringBody.Headers, FiringBody.Write(reminder.Plan, reminder.Data))
        {
            StillWanted = () => IsCurrent(bucket, entry),
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
            return ReminderFiring.Last;
        }

        metrics.ReminderFired(type, !IsFailure(result));
        if (IsFailure(result))
        {
            LogFiringFailed(result.Failure, type, reminder.Id, reminder.Name, result.Response?.Status.ToString(CultureInfo.InvariantCulture) ?? result.Outcome.ToString());
            return null;
        }

        return result.Response!.IsReminderCancelled ? ReminderFiring.Last : ReminderFiring.Ordinary;
    }

    private static bool IsFailure(TurnResult result) => result.Outcome != TurnOutcome.NotWanted && result.Response is not { Status: 200 };

    /// <summary>Writes a firing down: the next one, or the end.</summary>
    private async Task<bool> TryCompleteAsync(ReminderKeeping keeping, ReminderBucket bucket, ReminderEntry entry, ReminderFiring done)
    {
        await bucket.Gate.WaitAsync(CancellationToken.None);
        try
        {
            if (!IsCurrent(bucket, entry))
            {
                return true;
            }

            if (done == ReminderFiring.Last || entry.Reminder.Plan.After(time.GetUtcNow()) is not { } next)
            {
                await RemoveAsync(bucket, entry);
                return true;
            }

            var advanced = entry.Reminder with { Plan = next };
            await store!.SaveAsync(advanced, null, CancellationToken.None);
            entry.Reminder = advanced;
            entry.Failures = 0;
            entry.Done = null;
            Arm(keeping, bucket, entry, next.Next);
            return true;
        }
        catch (Exception failure) when (failure is StateStoreException or TimeoutException or CircuitOpenException)
        {
            LogSaveFailed(failure, keeping.Type, entry.Reminder.Id, entry.Reminder.Name);
            return false;
        }
        finally
        {
            bucket.Gate.Release();
        }
    }
}
