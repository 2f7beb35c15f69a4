using Lucid.ServiceDefaults.Entities;

namespace Lucid.ServiceDefaults;

/// <summary>
/// Work that is due at a time, in buckets of a minute (DESIGN §4.3). An item is claimed for a lease, and comes again when the lease runs out
/// without <see cref="CompleteAsync"/>: at least once.
/// </summary>
public sealed class DueBuckets(IStateClient state, TimeProvider clock)
{
    // Buckets stay in the scan this long after their minute, so that a slow writer cannot add behind it.
    private const long GraceMinutes = 60;
    private const int ScanWidth = 60;

    /// <summary>Adds <paramref name="id"/>; a time in the past means now. Adding the same id for the same minute again changes nothing.</summary>
    public async Task<DueItem> AddAsync(string queue, string id, DateTimeOffset due, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var at = due < now ? now : due;
        var minute = MinuteOf(at);
        await state.UpdateAsync<DueCursor, bool>(
            CursorKey(queue), cursor => (cursor is null ? new DueCursor(MinuteOf(now)) : null, true), clock, cancellationToken).ConfigureAwait(false);
        await state.UpdateAsync<DueBucket, bool>(
            BucketKey(queue, minute),
            bucket => bucket is not null && bucket.Items.ContainsKey(id) ? (null, true) : ((bucket ?? DueBucket.Empty).With(id, new DueEntry(at, null)), true),
            clock,
            cancellationToken).ConfigureAwait(false);
        return new DueItem(id, minute);
    }

    /// <summary>Due items nobody holds, earliest minute first; they are the caller's for <paramref name="lease"/>.</summary>
    public async Task<IReadOnlyList<DueItem>> ClaimAsync(string queue, int max, TimeSpan lease, CancellationToken cancellationToken)
    {
        if (await state.GetAsync(CursorKey(queue), cancellationToken).ConfigureAwait(false) is not { } cursorItem)
        {
            return [];
        }

        var from = StateJson.Read<DueCursor>(cursorItem).From;
        var now = clock.GetUtcNow();
        var last = MinuteOf(now);
        var claimed = new List<DueItem>();
        var firstKept = from;
        var allDone = true;
        for (var start = from; start <= last && claimed.Count < max; start += ScanWidth)
        {
            var minutes = Enumerable.Range(0, (int)Math.Min(ScanWidth, last - start + 1)).Select(i => start + i).ToArray();
            var items = await state.GetManyAsync([.. minutes.Select(minute => BucketKey(queue, minute))], cancellationToken).ConfigureAwait(false);
            foreach (var (minute, item) in minutes.Zip(items))
            {
                var bucket = item is null ? DueBucket.Empty : StateJson.Read<DueBucket>(item);
                allDone = allDone && bucket.Items.Count == 0 && minute < last - GraceMinutes;
                firstKept = allDone ? minute + 1 : firstKept;
                if (item is not null && claimed.Count < max)
                {
                    claimed.AddRange(await ClaimInAsync(queue, minute, bucket, item.ETag, now, max - claimed.Count, lease, cancellationToken).ConfigureAwait(false));
                }
            }
        }

        if (firstKept > from)
        {
            // Losing this race is fine: the cursor only saves reading.
            await state.SaveAsync(CursorKey(queue), StateJson.Write(new DueCursor(firstKept)), cursorItem.ETag, null, cancellationToken).ConfigureAwait(false);
        }

        return claimed;
    }

    /// <summary>Removes a claimed or added item for good. To put it off, add it for the later time first.</summary>
    public Task CompleteAsync(string queue, DueItem item, CancellationToken cancellationToken) =>
        state.UpdateAsync<DueBucket, bool>(
            BucketKey(queue, item.Minute),
            bucket => bucket is null || !bucket.Items.ContainsKey(item.Id) ? (null, false) : (bucket.Without(item.Id), true),
            clock,
            cancellationToken);

    private async Task<IReadOnlyList<DueItem>> ClaimInAsync(
        string queue, long minute, DueBucket bucket, string etag, DateTimeOffset now, int max, TimeSpan lease, CancellationToken cancellationToken)
    {
        var free = bucket.Items.Where(entry => entry.Value.Due <= now && (entry.Value.LeasedUntil is not { } until || until <= now)).Take(max).Select(entry => entry.Key).ToArray();
        if (free.Length == 0)
        {
            return [];
        }

        var next = free.Aggregate(bucket, (current, id) => current.With(id, current.Items[id] with { LeasedUntil = now + lease }));
        return await state.SaveAsync(BucketKey(queue, minute), StateJson.Write(next), etag, null, cancellationToken).ConfigureAwait(false)
            ? [.. free.Select(id => new DueItem(id, minute))]
            : []; // somebody else is at work here
    }

    private static long MinuteOf(DateTimeOffset time) => time.ToUnixTimeSeconds() / 60;

    private static string CursorKey(string queue) => StateKey.Of("due", queue);

    private static string BucketKey(string queue, long minute) => $"{StateKey.Of("due", queue)}:{minute}";

    private sealed record DueCursor(long From);

    private sealed record DueEntry(DateTimeOffset Due, DateTimeOffset? LeasedUntil);

    private sealed record DueBucket(IReadOnlyDictionary<string, DueEntry> Items)
    {
        public static readonly DueBucket Empty = new(new Dictionary<string, DueEntry>());

        public DueBucket With(string id, DueEntry entry) => new(new Dictionary<string, DueEntry>(Items) { [id] = entry });

        public DueBucket Without(string id) => new(Items.Where(entry => entry.Key != id).ToDictionary());
    }
}

/// <param name="Minute">Minutes since 1970 of the bucket that holds the item.</param>
public sealed record DueItem(string Id, long Minute);
