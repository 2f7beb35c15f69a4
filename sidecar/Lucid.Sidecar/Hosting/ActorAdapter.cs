using System.Text.Json;
using Lucid.Sidecar.Actors;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Grpc;

namespace Lucid.Sidecar.Hosting;

/// <summary>The actor engine as the gRPC surface sees it.</summary>
internal sealed class ActorAdapter(ActorEngine engine) : IActorApi
{
    public async Task<ReadOnlyMemory<byte>> InvokeAsync(
        ActorAddress actor, string method, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken) =>
        (await engine.InvokeAsync(new ActorRequest(actor.Type, actor.Id, method) { Headers = [.. metadata], Body = data }, cancellationToken).ConfigureAwait(false)).Body;

    public Task<StateValue?> GetStateAsync(ActorAddress actor, string key, CancellationToken cancellationToken) =>
        engine.GetStateAsync(actor.Type, actor.Id, key, cancellationToken);

    public Task TransactStateAsync(ActorAddress actor, IReadOnlyList<ActorStateStep> steps, CancellationToken cancellationToken) =>
        engine.TransactAsync(
            actor.Type,
            actor.Id,
            [.. steps.Select(step => ActorStateOperation.Parse(step.Operation, step.Key, step.Value, step.Metadata.GetValueOrDefault("ttlInSeconds")))],
            cancellationToken);

    public Task RegisterReminderAsync(ActorAddress actor, ActorSchedule reminder, CancellationToken cancellationToken) =>
        engine.CreateReminderAsync(
            new ReminderRequest(actor.Type, actor.Id, reminder.Name, reminder.DueTime, reminder.Period, reminder.TimeToLive, Json(reminder.Data)), cancellationToken);

    public Task UnregisterReminderAsync(ActorAddress actor, string name, CancellationToken cancellationToken) =>
        engine.DeleteReminderAsync(actor.Type, actor.Id, name, cancellationToken);

    public async Task<ActorSchedule?> GetReminderAsync(ActorAddress actor, string name, CancellationToken cancellationToken)
    {
        var reminder = await engine.GetReminderAsync(actor.Type, actor.Id, name, cancellationToken).ConfigureAwait(false);
        return new ActorSchedule(reminder.Name, reminder.DueTime, reminder.Period, reminder.ExpiresAt ?? "", Bytes(reminder.Data));
    }

    public Task RegisterTimerAsync(ActorAddress actor, ActorSchedule timer, string callback, CancellationToken cancellationToken)
    {
        engine.CreateTimer(new TimerRequest(actor.Type, actor.Id, timer.Name, callback, timer.DueTime, timer.Period, timer.TimeToLive, Json(timer.Data)));
        return Task.CompletedTask;
    }

    public Task UnregisterTimerAsync(ActorAddress actor, string name, CancellationToken cancellationToken)
    {
        engine.DeleteTimer(actor.Type, actor.Id, name);
        return Task.CompletedTask;
    }

    /// <summary>gRPC carries any bytes, the engine and the app JSON: they are a string in base64 there.</summary>
    private static ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> data) => data.IsEmpty ? data : JsonSerializer.SerializeToUtf8Bytes(data);

    /// <summary>The reverse; what HTTP registered as other JSON goes out as its text.</summary>
    private static ReadOnlyMemory<byte> Bytes(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
        {
            return json;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind is JsonValueKind.String && document.RootElement.TryGetBytesFromBase64(out var bytes) ? bytes : json;
    }
}
