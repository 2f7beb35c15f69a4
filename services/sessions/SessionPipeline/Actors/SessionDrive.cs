using System.Collections.Concurrent;
using System.Security.Cryptography;
using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.Evidence;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Clients;
using Lucid.SessionPipeline.Domain;
using Lucid.SessionPipeline.Storage;

namespace Lucid.SessionPipeline.Actors;

/// <summary>Carries a session forward, step by step, inside its actor's turn. A step that cannot be done now is left for the next drive.</summary>
public sealed partial class SessionDrive(
    SessionStore store, RecorderClient recorder, StorageClient storage, AnchoringClient anchoring, WorkingKeys workingKeys, PlatformKeys keys, TrustedChain chain, IEventPublisher events,
    PipelineOptions options, TimeProvider time, ILogger<SessionDrive> logger)
{
    private static readonly TimeSpan AnnounceAgain = TimeSpan.FromSeconds(15);
    private readonly TimeSpan recordingLimit = TimeSpan.FromSeconds(options.SessionMaxDurationSeconds);
    private readonly ConcurrentDictionary<string, DateTimeOffset> announced = new(StringComparer.Ordinal);

    /// <summary>True when nothing is left to do, ever.</summary>
    public async Task<bool> RunAsync(Entity<Session> entity, CancellationToken cancellationToken)
    {
        while (true)
        {
            var ledger = await store.LedgerAsync(entity.Value.SessionId, cancellationToken);
            var step = SessionPlan.Next(entity.Value, ledger, time.GetUtcNow(), recordingLimit);
            if (step == SessionStep.Nothing)
            {
                return entity.Value.IsSettled;
            }

            var next = await DoAsync(step, entity, ledger, cancellationToken);
            if (next is null)
            {
                return false;
            }

            entity = next;
        }
    }

    /// <summary>Destroys what is stored of a session; null when done.</summary>
    public async Task<SessionRefusal?> ShredAsync(string session, CancellationToken cancellationToken)
    {
        var removed = await recorder.RemoveAsync(session, cancellationToken);
        var shredded = removed.IsSuccess ? await storage.ShredAsync(session, cancellationToken) : removed;
        return shredded.IsSuccess
            ? null
            : new SessionRefusal(shredded.Error.Status, shredded.Error.Code, "The recording could not be destroyed everywhere yet; try again.", "shred_incomplete");
    }

    private Task<Entity<Session>?> DoAsync(SessionStep step, Entity<Session> entity, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken) => step switch
    {
        SessionStep.GiveUpStarting => GiveUpStartingAsync(entity, ledger, cancellationToken),
        SessionStep.StopAtLimit => StopAtLimitAsync(entity, ledger, cancellationToken),
        SessionStep.EndRecording => EndRecordingAsync(entity, ledger, cancellationToken),
        SessionStep.Process => SaveAsync(entity, entity.Value with { State = SessionStates.Processing }, EventTypes.SessionProcessing, ledger, cancellationToken),
        SessionStep.AnnounceChunks => AnnounceAsync(entity, ledger, cancellationToken),
        SessionStep.Finalise => FinaliseAsync(entity, ledger, cancellationToken),
        SessionStep.Complete => CompleteAsync(entity, ledger, cancellationToken),
        SessionStep.Fail => FailAsync(
            entity, SessionTrigger.ChunkExhausted, "storage", entity.Value.ExpectedChunks == 0 ? "nothing_recorded" : "chunk_failed",
            entity.Value.ExpectedChunks == 0 ? "The recording holds no fragment." : "A chunk could not be stored.", ledger, cancellationToken),
        SessionStep.SubmitAnchor => SubmitAnchorAsync(entity, cancellationToken),
        SessionStep.FetchAnchor => FetchAnchorAsync(entity, cancellationToken),
        SessionStep.Clean => CleanAsync(entity, cancellationToken),
        _ => Task.FromResult<Entity<Session>?>(null),
    };

    // Only the recorder knows that nothing came: its report of the first fragment may still be on the way.
    private async Task<Entity<Session>?> GiveUpStartingAsync(Entity<Session> entity, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        var session = entity.Value;
        var status = await recorder.StatusAsync(session.SessionId, cancellationToken);
        if (!status.IsSuccess && !status.IsNotFound)
        {
            return Wait(session, SessionStep.GiveUpStarting, status.Error);
        }

        return status is { IsSuccess: true, Value.BytesSpooled: > 0 }
            ? await SaveAsync(
                entity, session with { State = SessionTransitions.Next(session.State, SessionTrigger.FirstFragment)!, StartedAt = time.GetUtcNow() },
                EventTypes.SessionStarted, ledger, cancellationToken)
            : await FailAsync(entity, SessionTrigger.StartFailed, "starting", "start_timeout", "No fragment arrived in time.", ledger, cancellationToken);
    }

    private Task<Entity<Session>?> StopAtLimitAsync(Entity<Session> entity, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var stopped = entity.Value with
        {
            State = SessionTransitions.Next(entity.Value.State, SessionTrigger.Stop)!, StoppedAt = now, EndReason = SessionPlan.LimitOf(entity.Value, now, recordingLimit),
        };
        return SaveAsync(entity, stopped, EventTypes.SessionStopped, ledger, cancellationToken);
    }

    private async Task<Entity<Session>?> EndRecordingAsync(Entity<Session> entity, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        var ended = await recorder.CommandAsync(entity.Value.SessionId, "stop", entity.Value.EndReason, cancellationToken);
        if (!ended.IsSuccess)
        {
            LogWaiting(entity.Value.SessionId, SessionStep.EndRecording, ended.Error.Status, ended.Error.Reason ?? ended.Error.Code);
            return null;
        }

        var changed = entity.Value with { ExpectedChunks = ended.Value.ChunksSealed, DurationMs = ended.Value.DurationMs };
        return await SaveAsync(entity, changed, EventTypes.SessionUpdated, ledger, cancellationToken);
    }

    // The event that came with the sealing may have been lost with its broker, or its handler may have given up.
    private async Task<Entity<Session>?> AnnounceAsync(Entity<Session> entity, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        foreach (var entry in ledger.Where(entry => entry.Status == "sealed"))
        {
            var key = $"{entity.Value.SessionId}/{entry.Index}";
            if (announced.GetOrAdd(key, now) + AnnounceAgain <= now)
            {
                announced[key] = now;
                await events.PublishAsync(
                    Topics.Sessions, EventTypes.ChunkSealed, entity.Value.SessionId, new ChunkNotice(entity.Value.SessionId, entry.Index, entry.Epoch), time,
                    cancellationToken);
            }
        }

        return null;
    }

    private async Task<Entity<Session>?> FinaliseAsync(Entity<Session> entity, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        var session = entity.Value;
        var stored = ledger.Where(entry => entry.Status == "stored").ToList(); // all of them, unless an operator gave the rest up
        if (!await EveryChunkIsStoredAsync(session, stored, cancellationToken))
        {
            return null;
        }

        // After a crash between storing and saving, the manifest that is stored is the one that counts.
        var present = await storage.ManifestAsync(session.SessionId, 1, cancellationToken);
        if (!present.IsSuccess && !present.IsNotFound)
        {
            return Wait(session, SessionStep.Finalise, present.Error);
        }

        var manifest = present.IsSuccess
            ? Manifest.Parse(present.Value)
            : ManifestFactory.Create(session, ledger, keys.ManifestSigning, typeof(SessionDrive).Assembly.GetName().Version!.ToString(3), time.GetUtcNow());
        if (manifest.SessionId != Guid.ParseExact(session.SessionId, "D") || !manifest.Verify(ManifestKey.From(keys.ManifestSigning))
            || !manifest.Chunks.Select(chunk => chunk.ChunkHash.ToString()).SequenceEqual(stored.Select(entry => entry.ChunkHash)))
        {
            LogFalseManifest(session.SessionId);
            return null;
        }

        var written = await storage.PutManifestAsync(session.SessionId, 1, manifest.ToJson(), cancellationToken);
        if (!written.IsSuccess)
        {
            return Wait(session, SessionStep.Finalise, written.Error);
        }

        var opened = await workingKeys.OpenAsync(session, cancellationToken);
        if (opened.Key is not { } dataKey)
        {
            return await FailAsync(
                entity, SessionTrigger.ChunkExhausted, "key", SessionFailures.KeyVersionLost, SessionFailures.KeyVersionLostMessage, ledger, cancellationToken);
        }

        var envelopes = await StoreEnvelopesAsync(session, dataKey, cancellationToken);
        if (!envelopes.IsSuccess)
        {
            return Wait(session, SessionStep.Finalise, envelopes.Error);
        }

        foreach (var entry in ledger)
        {
            announced.TryRemove($"{session.SessionId}/{entry.Index}", out _);
        }

        var finalisation = new Finalisation(
            1, manifest.Hash().ToString(), manifest.Merkle.Root.ToString(), manifest.Chunks.Length, manifest.TotalCipherBytes, stored.Sum(entry => (long)entry.Frames),
            manifest.CreatedAt, manifest.Session.StartedAt, manifest.Session.EndedAt);
        return await SaveAsync(entity, session with { Finalisation = finalisation }, EventTypes.SessionUpdated, ledger, cancellationToken);
    }

    // The key first: whoever hears that the session is completed may rely on it.
    private async Task<Entity<Session>?> CompleteAsync(Entity<Session> entity, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        var session = entity.Value;
        if (session.Custody == Custodies.Owner)
        {
            await workingKeys.DestroyAsync(session.SessionId, cancellationToken);
        }

        var completed = session with
        {
            State = SessionTransitions.Next(session.State, session.Incomplete ? SessionTrigger.FinaliseIncomplete : SessionTrigger.Complete)!, CompletedAt = time.GetUtcNow(),
            Anchoring = session.Anchoring with { State = AnchorStates.Pending },
        };
        return await SaveAsync(entity, completed, EventTypes.SessionCompleted, ledger, cancellationToken);
    }

    /// <summary>The ledger alone does not prove that bytes exist: the store's own catalogue must name every committed file.</summary>
    private async Task<bool> EveryChunkIsStoredAsync(Session session, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        var catalogue = await storage.CatalogueAsync(session.SessionId, cancellationToken);
        if (!catalogue.IsSuccess)
        {
            Wait(session, SessionStep.Finalise, catalogue.Error);
            return false;
        }

        var hashes = catalogue.Value.Chunks.Select(chunk => (chunk.Index, chunk.ChunkHash)).ToHashSet();
        foreach (var entry in ledger.Where(entry => !hashes.Contains((entry.Index, entry.ChunkHash!))))
        {
            LogLost(session.SessionId, entry.Index);
            return false;
        }

        return true;
    }

    private async Task<ServiceResult<Nothing>> StoreEnvelopesAsync(Session session, byte[] dataKey, CancellationToken cancellationToken)
    {
        var id = Guid.ParseExact(session.SessionId, "D");
        var keyId = Guid.ParseExact(session.DataKeyId, "D");
        try
        {
            var envelopes = session.Recipients.Select(recipient => KeyEnvelope.Wrap(dataKey, ManifestFactory.KeyOf(recipient), id, keyId));
            var document = new BundleKeys(id, keyId, ManifestKey.From(keys.ManifestSigning), [.. envelopes]);
            return await storage.PutKeysAsync(session.SessionId, document.ToJson(), cancellationToken);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(dataKey);
        }
    }

    private async Task<Entity<Session>?> CleanAsync(Entity<Session> entity, CancellationToken cancellationToken)
    {
        var session = entity.Value;
        var removed = await recorder.RemoveAsync(session.SessionId, cancellationToken);
        if (!removed.IsSuccess)
        {
            return Wait(session, SessionStep.Clean, removed.Error);
        }

        if (session.State != SessionStates.Completed)
        {
            await workingKeys.DestroyAsync(session.SessionId, cancellationToken);
        }

        return await SaveAsync(entity, session with { Cleaned = true }, EventTypes.SessionUpdated, [], cancellationToken);
    }

    private async Task<Entity<Session>?> FailAsync(
        Entity<Session> entity, SessionTrigger trigger, string stage, string code, string message, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        var failed = entity.Value with
        {
            State = SessionTransitions.Next(entity.Value.State, trigger) ?? SessionStates.Failed, // it may have failed before
            Incomplete = false,
            Failure = entity.Value.Failure ?? new SessionFailure(stage, code, message, time.GetUtcNow(), null),
        };
        return await SaveAsync(entity, failed, EventTypes.SessionFailed, ledger, cancellationToken);
    }

    private async Task<Entity<Session>?> SaveAsync(
        Entity<Session> entity, Session changed, string eventType, List<ChunkLedgerEntry> ledger, CancellationToken cancellationToken) =>
        await store.SaveAsync(entity, changed, eventType, ledger, cancellationToken);

    private Entity<Session>? Wait(Session session, SessionStep step, ServiceError error)
    {
        LogWaiting(session.SessionId, step, error.Status, error.Reason ?? error.Code);
        return null;
    }
}
