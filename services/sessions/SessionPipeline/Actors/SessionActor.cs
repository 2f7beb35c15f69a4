using System.Security.Cryptography;
using System.Text;
using Dapr.Actors.Runtime;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Clients;
using Lucid.SessionPipeline.Domain;
using Lucid.SessionPipeline.Storage;

namespace Lucid.SessionPipeline.Actors;

/// <summary>
/// The turn of one session. Its state is the session's entities, written before anything is answered; a persistent reminder drives what
/// is left to do until the session is settled, so a crash anywhere only repeats idempotent steps.
/// </summary>
public sealed partial class SessionActor(
    ActorHost host, SessionStore store, SessionDrive drive, RecorderClient recorder, WorkingKeys workingKeys, TimeProvider time)
    : Actor(host), ISessionActor, IRemindable
{
    private const string Drive = "drive";
    private static readonly TimeSpan DriveEvery = TimeSpan.FromSeconds(2);

    private string SessionId => Id.GetId();

    public async Task<SessionReply<SessionView>> CreateAsync(CreatePipeline request)
    {
        var now = time.GetUtcNow();
        if (await store.FindAsync(SessionId, default) is not null)
        {
            return SessionRefusal.From(LucidErrors.AlreadyExists, "A session with this id exists.", "session_exists");
        }

        var session = new Session
        {
            SessionId = SessionId,
            OwnerId = request.OwnerId,
            Name = request.Name,
            Description = request.Description,
            State = SessionStates.Created,
            CreatedAt = now,
            UpdatedAt = now,
            RecordingConfig = request.RecordingConfig,
            StorageConfig = request.StorageConfig,
            Metadata = request.Metadata,
            Custody = request.Custody,
            Recipients = request.Recipients,
            DataKeyId = Guid.CreateVersion7(now).ToString("D"),
            Anchoring = Anchoring.None,
        };
        return await store.CreateAsync(session, default) == SaveOutcome.Saved
            ? SessionViews.Of(session, 1, [])
            : SessionRefusal.From(LucidErrors.AlreadyExists, "A session with this id exists.", "session_exists");
    }

    public async Task<SessionReply<SessionView>> GetAsync() =>
        await store.FindAsync(SessionId, default) is { } entity ? await ViewAsync(entity) : SessionRefusal.NotFound;

    public async Task<SessionReply<SessionView>> UpdateAsync(UpdatePipeline request)
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        if (request.IfVersion is { } version && version != entity.Version)
        {
            return SessionRefusal.From(LucidErrors.PreconditionFailed, "The session changed; read it again.", "stale_version");
        }

        var session = entity.Value;
        if (request.RecordingConfig is not null && session.State != SessionStates.Created)
        {
            return SessionRefusal.Wrong(session.State, SessionTransitions.Allowed(session.State));
        }

        var changed = session with
        {
            Name = request.Name ?? session.Name,
            Description = request.Description ?? session.Description,
            Metadata = request.Metadata ?? session.Metadata,
            RecordingConfig = request.RecordingConfig ?? session.RecordingConfig,
            StorageConfig = session.StorageConfig with { RetentionDays = request.RetentionDays ?? session.StorageConfig.RetentionDays },
        };
        return await ViewAsync(await store.SaveAsync(entity, changed, EventTypes.SessionUpdated, await store.LedgerAsync(SessionId, default), default));
    }

    public async Task<SessionReply<PipelineCommandResult>> CommandAsync(CommandCall call)
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        return call.Command switch
        {
            "start" => await StartAsync(entity, call.Body),
            "stop" => await StopAsync(entity, call.Body.Reason),
            "pause" => await PauseAsync(entity, pause: true),
            "resume" => await PauseAsync(entity, pause: false),
            "cancel" => await CancelAsync(entity),
            "retry" => await RetryAsync(entity),
            "finalise-incomplete" => await FinaliseIncompleteAsync(entity),
            _ => SessionRefusal.From(LucidErrors.NotFound, "Commands are start, stop, pause, resume, cancel, retry and finalise-incomplete.", "unknown_command"),
        };
    }

    public async Task<SessionReply<SessionView>> DeleteAsync()
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        if (SessionTransitions.Next(entity.Value.State, SessionTrigger.Delete) is not { } next)
        {
            return SessionRefusal.Wrong(entity.Value.State, SessionTransitions.Allowed(entity.Value.State));
        }

        // Keys first: what remains afterwards nobody can read, whatever a crash leaves undone.
        await workingKeys.DestroyAsync(SessionId, default);
        if (await drive.ShredAsync(SessionId, default) is { } refusal)
        {
            return refusal;
        }

        var saved = await store.SaveAsync(entity, entity.Value with { State = next }, EventTypes.SessionDeleted, [], default);
        return await ViewAsync(saved);
    }

    public async Task<SessionReply<ChunkLedgerEntry>> SealAsync(SealCall call)
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        if (call.Chunk.Epoch != entity.Value.Epoch)
        {
            return SessionRefusal.StaleEpoch;
        }

        var (outcome, entry) = await store.ChangeAsync(
            SessionId, call.Index, page => Ledger.Seal(page, call.Index, call.Chunk),
            (page, _) => page.Raise(Topics.Sessions, EventTypes.ChunkSealed, new ChunkNotice(SessionId, call.Index, call.Chunk.Epoch)), default);
        return outcome == LedgerOutcome.Conflict ? ChunkConflict() : entry!;
    }

    public async Task<SessionReply<ChunkLedgerEntry>> CommitAsync(CommitCall call)
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        if (call.Commit.Epoch != entity.Value.Epoch)
        {
            return SessionRefusal.StaleEpoch;
        }

        var (outcome, entry) = await store.ChangeAsync(
            SessionId, call.Index, page => Ledger.Commit(page, call.Index, call.Commit),
            (page, _) => page.Raise(Topics.Sessions, EventTypes.ChunkStored, new ChunkNotice(SessionId, call.Index, call.Commit.Epoch)), default);
        return outcome switch
        {
            LedgerOutcome.Conflict => ChunkConflict(),
            LedgerOutcome.Unknown => SessionRefusal.From(LucidErrors.NotFound, "The chunk was never sealed.", "chunk_not_found"),
            _ => entry!,
        };
    }

    public async Task<SessionReply<ChunkLedgerEntry>> FailChunkAsync(FailCall call)
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        if (call.Failure.Epoch != entity.Value.Epoch)
        {
            return SessionRefusal.StaleEpoch;
        }

        var (outcome, entry) = await store.ChangeAsync(SessionId, call.Index, page => Ledger.Fail(page, call.Index), announce: null, default);
        if (outcome == LedgerOutcome.Unknown)
        {
            return SessionRefusal.From(LucidErrors.NotFound, "The chunk was never sealed.", "chunk_not_found");
        }

        if (outcome == LedgerOutcome.Changed)
        {
            var failure = new SessionFailure(call.Failure.Stage, call.Failure.Code, call.Failure.Message, time.GetUtcNow(), call.Index);
            await store.SaveAsync(entity, entity.Value with { Failure = failure }, EventTypes.SessionUpdated, await store.LedgerAsync(SessionId, default), default);
        }

        return entry!;
    }

    public async Task<SessionReply<SessionView>> ReportAsync(RecordingReport report)
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        if (report.Epoch != entity.Value.Epoch)
        {
            return SessionRefusal.StaleEpoch;
        }

        if (report.Kind == RecordingReports.FirstFragment)
        {
            entity = await BeginAsync(entity);
        }
        else if (report.ChunkCount is { } count)
        {
            entity = await BeginAsync(entity);
            entity = await EndedAsync(entity, report.Kind == RecordingReports.Ended ? report.Reason ?? "stopped" : report.Kind, count, report.DurationMs);
        }

        return await ViewAsync(entity);
    }

    public async Task<SessionReply<DataKey>> DataKeyAsync(int index)
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        var entry = (await store.LedgerAsync(SessionId, default)).FirstOrDefault(item => item.Index == index);
        if (entry is null)
        {
            return SessionRefusal.From(LucidErrors.NotFound, "The chunk was never sealed.", "chunk_not_found");
        }

        if (entry.Status != "sealed")
        {
            return new DataKey(entity.Value.DataKeyId, "", entry); // stored: the answer says so and gives no key
        }

        var opened = await workingKeys.OpenAsync(entity.Value, default);
        if (opened.Key is not { } key)
        {
            return opened.Absence == KeyAbsence.VersionLost
                ? await LoseKeyAsync(entity, index)
                : SessionRefusal.From(LucidErrors.Gone, "The working key was destroyed.", "key_destroyed");
        }

        try
        {
            return new DataKey(entity.Value.DataKeyId, Convert.ToBase64String(key), entry);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    public async Task<SessionReply<ResumePoint>> ResumePointAsync()
    {
        if (await store.FindAsync(SessionId, default) is not { } entity)
        {
            return SessionRefusal.NotFound;
        }

        var ledger = await store.LedgerAsync(SessionId, default);
        return new ResumePoint(
            entity.Value.State, entity.Value.Epoch, ledger.Count == 0 ? 0 : ledger[^1].Index + 1,
            [.. ledger.Where(entry => entry.Status == "sealed").Select(entry => entry.Index)]);
    }

    public async Task<SessionReply<ChunkPage>> ChunksAsync(int after)
    {
        if (await store.FindAsync(SessionId, default) is null)
        {
            return SessionRefusal.NotFound;
        }

        var rest = (await store.LedgerAsync(SessionId, default)).Where(entry => entry.Index > after).ToList();
        var page = rest.Take(1000).Select(entry => entry with { PlainSha256 = null }).ToList();
        return new ChunkPage(page, rest.Count > page.Count ? page[^1].Index : null);
    }

    public async Task DriveAsync()
    {
        if (await store.FindAsync(SessionId, default) is not { } entity || await drive.RunAsync(entity, default))
        {
            await UnregisterReminderAsync(Drive);
        }
    }

    public Task ReceiveReminderAsync(string reminderName, byte[] state, TimeSpan dueTime, TimeSpan period) => DriveAsync();

    // The chunk stays in the spool: when the volume is back, a retry of the session finds it there.
    private async Task<SessionRefusal> LoseKeyAsync(Entity<Session> entity, int index)
    {
        var failed = await FailChunkAsync(new(index, new(entity.Value.Epoch, "key", SessionFailures.KeyVersionLost, SessionFailures.KeyVersionLostMessage)));
        return failed.Refusal ?? SessionRefusal.From(LucidErrors.Gone, SessionFailures.KeyVersionLostMessage, SessionFailures.KeyVersionLost);
    }

    private async Task<SessionView> ViewAsync(Entity<Session> entity) =>
        SessionViews.Of(entity.Value, entity.Version, entity.Value.Finalisation is null ? await store.LedgerAsync(SessionId, default) : []);

    private static SessionRefusal ChunkConflict() =>
        SessionRefusal.From(LucidErrors.WrongState, "The index holds other content; only the first counts.", "chunk_conflict");
}
