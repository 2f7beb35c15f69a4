using System.Buffers;
using System.Text.Json;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Actors;

/// <summary>
/// Reminders in the actor state store, under a type name that no app can have. One key holds one reminder; 64 index keys for each actor
/// type hold the names of theirs (chosen by hash), because a state store cannot be searched. A reminder and its index entry are
/// written in one transaction.
/// <code>
/// {app}||dapr.internal.lucid.reminders||{type}||{id}||{name}     the reminder
/// {app}||dapr.internal.lucid.reminder-index||{type}||{bucket}    [["id","name"], ...]
/// </code>
/// </summary>
internal sealed class ReminderStore(string appId, ActorStore store)
{
    public const int Buckets = 64;

    public static int BucketOf(string type, string id, string name) => (int)(StableHash.Of(type, id, name) % Buckets);

    public async Task<IReadOnlyList<Reminder>> ReadBucketAsync(string type, int bucket, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(IndexKey(type, bucket), cancellationToken) is not { Data.IsEmpty: false } index)
        {
            return [];
        }

        var reminders = new List<Reminder>();
        using var document = JsonDocument.Parse(index.Data);
        foreach (var entry in document.RootElement.EnumerateArray())
        {
            var (id, name) = (entry[0].GetString()!, entry[1].GetString()!);
            if (await store.GetAsync(Key(type, id, name), cancellationToken) is { Data.IsEmpty: false } stored)
            {
                reminders.Add(Reminder.Parse(type, id, name, stored.Data));
            }
        }

        return reminders;
    }

    /// <param name="index">The whole bucket after the change, or null when its names stay the same.</param>
    public Task SaveAsync(Reminder reminder, IEnumerable<(string Id, string Name)>? index, CancellationToken cancellationToken)
    {
        var write = new StateSet(Key(reminder.Type, reminder.Id, reminder.Name), reminder.Serialize(), null, false, null);
        return store.TransactAsync(index is null ? [write] : [write, Index(reminder, index)], cancellationToken);
    }

    /// <param name="index">The whole bucket after the change.</param>
    public Task DeleteAsync(Reminder reminder, IEnumerable<(string Id, string Name)> index, CancellationToken cancellationToken) =>
        store.TransactAsync([new StateDelete(Key(reminder.Type, reminder.Id, reminder.Name), null, false), Index(reminder, index)], cancellationToken);

    private StateOperation Index(Reminder reminder, IEnumerable<(string Id, string Name)> names)
    {
        var key = IndexKey(reminder.Type, BucketOf(reminder.Type, reminder.Id, reminder.Name));
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartArray();
        var any = false;
        foreach (var (id, name) in names)
        {
            any = true;
            json.WriteStartArray();
            json.WriteStringValue(id);
            json.WriteStringValue(name);
            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.Flush();
        return any ? new StateSet(key, buffer.WrittenMemory, null, false, null) : new StateDelete(key, null, false);
    }

    private string Key(string type, string id, string name) => $"{appId}||{ActorNames.ReservedPrefix}lucid.reminders||{type}||{id}||{name}";

    private string IndexKey(string type, int bucket) => $"{appId}||{ActorNames.ReservedPrefix}lucid.reminder-index||{type}||{bucket}";
}
