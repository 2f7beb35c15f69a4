using Lucid.Contracts.Events;
using Lucid.Contracts.Sessions;
using Lucid.ServiceDefaults;
using Lucid.SessionPipeline.Domain;

namespace Lucid.SessionPipeline.Storage;

/// <summary>A session's entities: itself (catalogued) and its ledger pages.</summary>
public sealed class SessionStore(EntityStore<Session> sessions, EntityStore<LedgerPage> pages, TimeProvider time)
{
    public Task<Entity<Session>?> FindAsync(string session, CancellationToken cancellationToken) => sessions.FindAsync(session, cancellationToken);

    public async Task<SaveOutcome> CreateAsync(Session session, CancellationToken cancellationToken)
    {
        var entity = sessions.New(session.SessionId, session);
        Announce(entity, EventTypes.SessionCreated, []);
        return await sessions.SaveAsync(entity, cancellationToken);
    }

    /// <summary>Saves a change with its event. The actor's turn makes conflicts impossible but for a second host of the same actor, which then loses.</summary>
    /// <exception cref="LucidException">Somebody else wrote first.</exception>
    public async Task<Entity<Session>> SaveAsync(
        Entity<Session> entity, Session changed, string eventType, IReadOnlyList<ChunkLedgerEntry> ledger, CancellationToken cancellationToken)
    {
        entity.Value = changed with { UpdatedAt = time.GetUtcNow() };
        Announce(entity, eventType, ledger);
        return await sessions.SaveAsync(entity, cancellationToken) == SaveOutcome.Saved
            ? (await sessions.FindAsync(changed.SessionId, cancellationToken))!
            : throw new LucidException(Lucid.Contracts.Errors.LucidErrors.Unavailable, "The session changed meanwhile; try again.", "conflict");
    }

    /// <summary>The whole ledger, page by page.</summary>
    public async Task<List<ChunkLedgerEntry>> LedgerAsync(string session, CancellationToken cancellationToken)
    {
        var entries = new List<ChunkLedgerEntry>();
        for (var page = 0; await pages.FindAsync(LedgerPage.Key(session, page), cancellationToken) is { } entity; page++)
        {
            entries.AddRange(entity.Value.Chunks);
        }

        return entries;
    }

    /// <summary>Applies a ledger rule to the page of an index; <paramref name="announce"/> adds the event that tells of the change.</summary>
    public Task<(LedgerOutcome Outcome, ChunkLedgerEntry? Entry)> ChangeAsync(
        string session, int index, Func<LedgerPage, (LedgerOutcome, LedgerPage)> rule, Action<Entity<LedgerPage>, ChunkLedgerEntry>? announce, CancellationToken cancellationToken) =>
        pages.UpsertAsync(
            LedgerPage.Key(session, LedgerPage.PageOf(index)),
            () => LedgerPage.Empty,
            entity =>
            {
                var (outcome, changed) = rule(entity.Value);
                var entry = changed.Chunks.FirstOrDefault(item => item.Index == index);
                if (outcome == LedgerOutcome.Changed)
                {
                    entity.Value = changed;
                    announce?.Invoke(entity, entry!);
                }

                return (outcome, entry);
            },
            cancellationToken);

    private static void Announce(Entity<Session> entity, string eventType, IReadOnlyList<ChunkLedgerEntry> ledger) =>
        entity.Raise(Topics.Sessions, eventType, new SessionNotice(SessionViews.Of(entity.Value, entity.Version + 1, ledger)));
}
