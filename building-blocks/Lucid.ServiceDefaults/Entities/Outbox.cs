namespace Lucid.ServiceDefaults.Entities;

/// <summary>
/// Publishes the events that documents carry. The order of steps, of which any may be the last before a crash:
/// 1. the key is marked dirty; 2. the document with its events is saved; 3. the events are published; 4. the next save, or the sweep,
/// writes the document without them; 5. the sweep clears the mark.
/// </summary>
internal sealed partial class Outbox(IStateClient state, IEventPublisher publisher, DirtyMarks marks, PublishedEvents published, TimeProvider clock, ILogger<Outbox> logger)
{
    // Between marking and creating a document nothing tells the sweep that the writer is still alive: such a mark stays for an hour.
    private static readonly TimeSpan AbsentGrace = TimeSpan.FromHours(1);

    public IReadOnlyList<PendingEvent> Unpublished(IReadOnlyList<PendingEvent> pending) => [.. pending.Where(e => !published.Contains(e.Id))];

    /// <summary>Steps 1 to 3. False: somebody else wrote first.</summary>
    public async Task<bool> SaveAsync(string key, EntityDocument document, string? etag, CancellationToken cancellationToken)
    {
        if (document.Pending.Count > 0)
        {
            await marks.AddAsync(key, cancellationToken).ConfigureAwait(false);
        }

        if (!await state.SaveAsync(key, StateJson.Write(document), etag, null, cancellationToken).ConfigureAwait(false))
        {
            return false;
        }

        await TryPublishAsync(document.Pending, cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>In order; false when the broker refused one, which leaves it and those behind it for the sweep.</summary>
    public async Task<bool> TryPublishAsync(IReadOnlyList<PendingEvent> pending, CancellationToken cancellationToken)
    {
        foreach (var next in pending)
        {
            try
            {
                await publisher.PublishAsync(next, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                LogUnpublished(e, next.Topic, next.Type, next.Id); // the document keeps it
                return false;
            }

            published.Add(next.Id);
        }

        return true;
    }

    /// <summary>Steps 3 to 5 for one of the 64 entries. Returns how many keys stay marked.</summary>
    public async Task<int> SweepAsync(int slot, CancellationToken cancellationToken)
    {
        var slotKey = DirtyMarks.SlotKey(slot);
        if (await state.GetAsync(slotKey, cancellationToken).ConfigureAwait(false) is not { } item)
        {
            return 0;
        }

        var current = StateJson.Read<DirtySlot>(item).Marks;
        var left = new Dictionary<string, long>(current);
        foreach (var (key, markedAt) in current)
        {
            if (await SettleAsync(key, markedAt, cancellationToken).ConfigureAwait(false))
            {
                left.Remove(key);
            }
        }

        if (left.Count < current.Count && !await state.SaveAsync(slotKey, StateJson.Write(new DirtySlot(left)), item.ETag, null, cancellationToken).ConfigureAwait(false))
        {
            return current.Count; // marked meanwhile: the next sweep decides
        }

        return left.Count;
    }

    // The document is saved again even when it carries nothing: a writer that marked the key and has not saved yet then meets a new ETag,
    // reads again and marks again, so that clearing the mark cannot lose its event.
    private async Task<bool> SettleAsync(string key, long markedAt, CancellationToken cancellationToken)
    {
        if (await state.GetAsync(key, cancellationToken).ConfigureAwait(false) is not { } item)
        {
            return clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(markedAt) > AbsentGrace;
        }

        var document = StateJson.Read<EntityDocument>(item);
        return await TryPublishAsync(Unpublished(document.Pending), cancellationToken).ConfigureAwait(false)
            && await state.SaveAsync(key, StateJson.Write(document with { Pending = [] }), item.ETag, null, cancellationToken).ConfigureAwait(false);
    }
}
