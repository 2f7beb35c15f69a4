using System.Text.Json;
using Lucid.ServiceDefaults.Entities;

namespace Lucid.ServiceDefaults;

/// <summary>
/// Aggregates of one kind, one key each, written with their ETag; their events are published after the save, at least once and in order
/// per aggregate (DESIGN §4.1). An id given to a catalogued kind is in its catalogue before the entity exists.
/// </summary>
public sealed class EntityStore<T> where T : class
{
    private readonly IStateClient _state;
    private readonly Outbox _outbox;
    private readonly EntityCatalogue? _catalogue;
    private readonly TimeProvider _clock;

    internal EntityStore(string kind, IStateClient state, Outbox outbox, EntityCatalogue? catalogue, TimeProvider clock) =>
        (Kind, _state, _outbox, _catalogue, _clock) = (kind, state, outbox, catalogue, clock);

    /// <summary>First part of the key.</summary>
    public string Kind { get; }

    internal EntityCatalogue? Catalogue => _catalogue;

    /// <summary>Null: no such entity.</summary>
    public async Task<Entity<T>?> FindAsync(string id, CancellationToken cancellationToken) =>
        await _state.GetAsync(KeyOf(id), cancellationToken).ConfigureAwait(false) is { } item ? Open(id, item) : null;

    /// <inheritdoc cref="FindAsync(string, CancellationToken)"/>
    public Task<Entity<T>?> FindAsync(Guid id, CancellationToken cancellationToken) => FindAsync(id.ToString(), cancellationToken);

    /// <summary>Those that exist, in the order of <paramref name="ids"/>.</summary>
    public async Task<IReadOnlyList<Entity<T>>> FindManyAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
    {
        var items = await _state.GetManyAsync([.. ids.Select(KeyOf)], cancellationToken).ConfigureAwait(false);
        return [.. ids.Zip(items).Where(pair => pair.Second is not null).Select(pair => Open(pair.First, pair.Second!))];
    }

    /// <summary>A new entity, not stored yet; <see cref="SaveAsync"/> refuses when the id exists.</summary>
    public Entity<T> New(string id, T value) => new(id, value, 0, null, [], _clock);

    /// <inheritdoc cref="New(string, T)"/>
    public Entity<T> New(Guid id, T value) => New(id.ToString(), value);

    /// <summary>Saves the value and its events in one write and publishes them. Once per <see cref="Entity{T}"/>.</summary>
    public async Task<SaveOutcome> SaveAsync(Entity<T> entity, CancellationToken cancellationToken)
    {
        if (entity.IsSpent)
        {
            throw new InvalidOperationException($"{Kind} {entity.Id} was saved already; read it again");
        }

        entity.IsSpent = true;
        if (entity.ETag is null && _catalogue is not null)
        {
            await _catalogue.AppendAsync(entity.Id, cancellationToken).ConfigureAwait(false);
        }

        var document = new EntityDocument(
            entity.Version + 1,
            JsonSerializer.SerializeToElement(entity.Value, StateJson.Options),
            [.. _outbox.Unpublished(entity.Carried), .. entity.Raised]);
        return await _outbox.SaveAsync(KeyOf(entity.Id), document, entity.ETag, cancellationToken).ConfigureAwait(false) ? SaveOutcome.Saved : SaveOutcome.Conflict;
    }

    /// <summary>
    /// Reads, changes and saves, again when somebody else was first (bounded, then 503). <paramref name="change"/> may run more than once, so
    /// it only computes; it gets null when there is no such entity; what it leaves unchanged is not saved. Its result comes back: refusals are values.
    /// </summary>
    public Task<TResult> UpdateAsync<TResult>(string id, Func<Entity<T>?, TResult> change, CancellationToken cancellationToken) =>
        Optimistic.RunAsync<TResult>(
            async () =>
            {
                var entity = await FindAsync(id, cancellationToken).ConfigureAwait(false);
                var result = change(entity);
                var done = entity is null || !entity.IsChanged || await SaveAsync(entity, cancellationToken).ConfigureAwait(false) == SaveOutcome.Saved;
                return (done, result);
            },
            _clock,
            cancellationToken);

    /// <inheritdoc cref="UpdateAsync{TResult}(string, Func{Entity{T}, TResult}, CancellationToken)"/>
    public Task<TResult> UpdateAsync<TResult>(Guid id, Func<Entity<T>?, TResult> change, CancellationToken cancellationToken) =>
        UpdateAsync(id.ToString(), change, cancellationToken);

    /// <summary><see cref="UpdateAsync{TResult}(string, Func{Entity{T}, TResult}, CancellationToken)"/> of an entity that begins as <paramref name="create"/> says where there is none.</summary>
    public Task<TResult> UpsertAsync<TResult>(string id, Func<T> create, Func<Entity<T>, TResult> change, CancellationToken cancellationToken) =>
        Optimistic.RunAsync<TResult>(
            async () =>
            {
                var entity = await FindAsync(id, cancellationToken).ConfigureAwait(false) ?? New(id, create());
                var result = change(entity);
                var done = !entity.IsChanged || await SaveAsync(entity, cancellationToken).ConfigureAwait(false) == SaveOutcome.Saved;
                return (done, result);
            },
            _clock,
            cancellationToken);

    /// <summary>Publishes what the entity still carries, then deletes it if nobody changed it. Raise the event of the deletion in a save before.</summary>
    public async Task<SaveOutcome> DeleteAsync(Entity<T> entity, CancellationToken cancellationToken)
    {
        if (entity.IsSpent || entity.ETag is null || entity.Raised.Count > 0)
        {
            throw new InvalidOperationException($"{Kind} {entity.Id} must be freshly read to be deleted");
        }

        entity.IsSpent = true;
        if (!await _outbox.TryPublishAsync(_outbox.Unpublished(entity.Carried), cancellationToken).ConfigureAwait(false))
        {
            throw new LucidException(LucidErrors.Unavailable, "The message broker does not answer; try again.", "broker_unavailable");
        }

        return await _state.DeleteAsync(KeyOf(entity.Id), entity.ETag, cancellationToken).ConfigureAwait(false) ? SaveOutcome.Saved : SaveOutcome.Conflict;
    }

    private string KeyOf(string id) => StateKey.Of(Kind, id);

    private Entity<T> Open(string id, StateItem item)
    {
        var document = StateJson.Read<EntityDocument>(item);
        var value = document.Data.Deserialize<T>(StateJson.Options) ?? throw new JsonException($"{Kind} {id} is null");
        return new Entity<T>(id, value, document.Version, item.ETag, document.Pending, _clock);
    }
}
