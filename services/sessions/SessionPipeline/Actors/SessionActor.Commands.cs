using System.Security.Cryptography;
using System.Text;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Domain;

namespace Lucid.SessionPipeline.Actors;

/// <summary>The commands of a session, and what the recorder's reports make of it.</summary>
public sealed partial class SessionActor
{
    private async Task<SessionReply<PipelineCommandResult>> StartAsync(Entity<Session> entity, PipelineCommand command)
    {
        var session = entity.Value;
        if (SessionTransitions.Next(session.State, SessionTrigger.Start) is not { } next)
        {
            return SessionRefusal.Wrong(session.State, SessionTransitions.Allowed(session.State));
        }

        // The key exists before the first byte is accepted; what a crash here left has sealed nothing yet.
        await workingKeys.CreateAsync(session, default);
        var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        var epoch = session.Epoch + 1;
        var opened = await recorder.OpenAsync(
            new(
                SessionId, session.OwnerId, epoch, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(token))),
                session.StorageConfig.ChunkSizeBytes, session.StorageConfig.MaxSizeBytes, 0),
            default);
        if (!opened.IsSuccess)
        {
            return new SessionRefusal(opened.Error.Status == 429 ? 503 : opened.Error.Status, opened.Error.Code, opened.Error.Message, opened.Error.Reason ?? "recorder_unavailable");
        }

        await RegisterReminderAsync(Drive, null, DriveEvery, DriveEvery);
        var changed = session with
        {
            State = next, Epoch = epoch, StartingAt = time.GetUtcNow(), Consent = command.Consent, PolicyHash = command.PolicyHash,
        };
        var saved = await store.SaveAsync(entity, changed, EventTypes.SessionStarting, [], default);
        return new PipelineCommandResult(await ViewAsync(saved), new IngestGrant(epoch, token));
    }

    private async Task<SessionReply<PipelineCommandResult>> StopAsync(Entity<Session> entity, string? reason)
    {
        if (entity.Value.State == SessionStates.Starting
            && await recorder.StatusAsync(SessionId, default) is { IsSuccess: true, Value.BytesSpooled: > 0 })
        {
            entity = await BeginAsync(entity); // the report of the first fragment is still on its way
        }

        if (SessionTransitions.Next(entity.Value.State, SessionTrigger.Stop) is not { } next)
        {
            return SessionRefusal.Wrong(
                entity.Value.State, SessionTransitions.Allowed(entity.Value.State),
                entity.Value.State is SessionStates.Created or SessionStates.Starting ? "recording_not_started" : "wrong_state");
        }

        var changed = entity.Value with { State = next, StoppedAt = time.GetUtcNow(), EndReason = reason ?? "stopped" };
        var saved = await store.SaveAsync(entity, changed, EventTypes.SessionStopped, await store.LedgerAsync(SessionId, default), default);
        await RegisterReminderAsync(Drive, null, TimeSpan.Zero, DriveEvery);
        return new PipelineCommandResult(await ViewAsync(saved), null);
    }

    private async Task<SessionReply<PipelineCommandResult>> PauseAsync(Entity<Session> entity, bool pause)
    {
        var session = entity.Value;
        if (SessionTransitions.Next(session.State, pause ? SessionTrigger.Pause : SessionTrigger.Resume) is not { } next)
        {
            return SessionRefusal.Wrong(session.State, SessionTransitions.Allowed(session.State));
        }

        var told = await recorder.CommandAsync(SessionId, pause ? "pause" : "resume", null, default);
        if (!told.IsSuccess)
        {
            return new SessionRefusal(told.Error.Status, told.Error.Code, told.Error.Message, told.Error.Reason ?? "recorder_unavailable");
        }

        var now = (long)(time.GetUtcNow() - (session.StartedAt ?? time.GetUtcNow())).TotalMilliseconds;
        var pauses = pause
            ? [.. session.Pauses, new PauseInterval(now, null)]
            : session.Pauses.Select(interval => interval.To is null ? interval with { To = now } : interval).ToList();
        var saved = await store.SaveAsync(
            entity, session with { State = next, Pauses = pauses }, pause ? EventTypes.SessionPaused : EventTypes.SessionResumed,
            await store.LedgerAsync(SessionId, default), default);
        return new PipelineCommandResult(await ViewAsync(saved), null);
    }

    private async Task<SessionReply<PipelineCommandResult>> CancelAsync(Entity<Session> entity)
    {
        var session = entity.Value;
        if (SessionTransitions.Next(session.State, SessionTrigger.Cancel) is not { } next)
        {
            return SessionRefusal.Wrong(session.State, SessionTransitions.Allowed(session.State));
        }

        var saved = await store.SaveAsync(entity, session with { State = next, EndReason = "cancelled" }, EventTypes.SessionTerminated, [], default);
        return new PipelineCommandResult(await ViewAsync(saved), null);
    }

    /// <summary>failed → processing: what failed is taken from the recorder's spool again.</summary>
    private async Task<SessionReply<PipelineCommandResult>> RetryAsync(Entity<Session> entity)
    {
        var session = entity.Value;
        if (SessionTransitions.Next(session.State, SessionTrigger.Retry) is not { } next)
        {
            return SessionRefusal.Wrong(session.State, SessionTransitions.Allowed(session.State));
        }

        var ledger = await store.LedgerAsync(SessionId, default);
        if (ledger.Count == 0)
        {
            return SessionRefusal.From(LucidErrors.WrongState, "Nothing was recorded, so there is nothing to process again; delete the session.", "nothing_recorded");
        }

        foreach (var entry in ledger.Where(entry => entry.Status == "failed"))
        {
            await store.ChangeAsync(SessionId, entry.Index, page => Ledger.Retry(page, entry.Index), announce: null, default);
        }

        await RegisterReminderAsync(Drive, null, TimeSpan.Zero, DriveEvery);
        var changed = session with { State = next, Failure = null, Incomplete = false };
        var saved = await store.SaveAsync(entity, changed, EventTypes.SessionProcessing, await store.LedgerAsync(SessionId, default), default);
        return new PipelineCommandResult(await ViewAsync(saved), null);
    }

    /// <summary>failed → completed by the next drives, with a manifest that names what is missing.</summary>
    private async Task<SessionReply<PipelineCommandResult>> FinaliseIncompleteAsync(Entity<Session> entity)
    {
        var session = entity.Value;
        if (SessionTransitions.Next(session.State, SessionTrigger.FinaliseIncomplete) is null)
        {
            return SessionRefusal.Wrong(session.State, SessionTransitions.Allowed(session.State));
        }

        var ledger = await store.LedgerAsync(SessionId, default);
        if (!ledger.Any(entry => entry.Status == "stored"))
        {
            return SessionRefusal.From(LucidErrors.WrongState, "No chunk is stored, so there is nothing to seal; retry or delete the session.", "nothing_stored");
        }

        await RegisterReminderAsync(Drive, null, TimeSpan.Zero, DriveEvery);
        var saved = await store.SaveAsync(entity, session with { Incomplete = true }, EventTypes.SessionUpdated, ledger, default);
        return new PipelineCommandResult(await ViewAsync(saved), null);
    }

    /// <summary>starting → recording; anything else stays as it is.</summary>
    private async Task<Entity<Session>> BeginAsync(Entity<Session> entity) =>
        SessionTransitions.Next(entity.Value.State, SessionTrigger.FirstFragment) is { } next
            ? await store.SaveAsync(
                entity, entity.Value with { State = next, StartedAt = entity.Value.StartedAt ?? time.GetUtcNow() }, EventTypes.SessionStarted, [], default)
            : entity;

    /// <summary>The recorder has ended the recording, because it was told to or by itself.</summary>
    private async Task<Entity<Session>> EndedAsync(Entity<Session> entity, string reason, int chunks, long durationMs)
    {
        var session = entity.Value;
        if (session.ExpectedChunks is not null)
        {
            return entity;
        }

        var stopped = SessionTransitions.Next(session.State, SessionTrigger.Stop);
        if (stopped is null && session.State != SessionStates.Stopped)
        {
            return entity;
        }

        var changed = session with
        {
            State = SessionStates.Stopped, StoppedAt = session.StoppedAt ?? time.GetUtcNow(), EndReason = session.EndReason ?? reason,
            ExpectedChunks = chunks, DurationMs = durationMs,
        };
        return await store.SaveAsync(entity, changed, EventTypes.SessionStopped, await store.LedgerAsync(SessionId, default), default);
    }
}
