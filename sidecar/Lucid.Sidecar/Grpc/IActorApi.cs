namespace Lucid.Sidecar.Grpc;

/// <summary>What the gRPC surface asks of the actor engine. Refusals are thrown as <see cref="Runtime.DaprApiException"/>.</summary>
public interface IActorApi
{
    Task<ReadOnlyMemory<byte>> InvokeAsync(
        ActorAddress actor, string method, ReadOnlyMemory<byte> data, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellationToken);

    /// <summary>The stored bytes, or null.</summary>
    Task<Components.StateValue?> GetStateAsync(ActorAddress actor, string key, CancellationToken cancellationToken);

    Task TransactStateAsync(ActorAddress actor, IReadOnlyList<ActorStateStep> steps, CancellationToken cancellationToken);

    Task RegisterReminderAsync(ActorAddress actor, ActorSchedule reminder, CancellationToken cancellationToken);

    Task UnregisterReminderAsync(ActorAddress actor, string name, CancellationToken cancellationToken);

    /// <summary>Null: no such reminder.</summary>
    Task<ActorSchedule?> GetReminderAsync(ActorAddress actor, string name, CancellationToken cancellationToken);

    Task RegisterTimerAsync(ActorAddress actor, ActorSchedule timer, string callback, CancellationToken cancellationToken);

    Task UnregisterTimerAsync(ActorAddress actor, string name, CancellationToken cancellationToken);
}

public readonly record struct ActorAddress(string Type, string Id);

/// <param name="Operation"><c>upsert</c> or <c>delete</c>.</param>
/// <param name="Metadata"><c>ttlInSeconds</c>.</param>
public sealed record ActorStateStep(string Operation, string Key, ReadOnlyMemory<byte> Value, IReadOnlyDictionary<string, string> Metadata);

/// <summary>A reminder or timer; times are texts as the app wrote them (Go or ISO 8601 durations).</summary>
/// <param name="Data">The payload as JSON text or raw bytes.</param>
public sealed record ActorSchedule(string Name, string DueTime, string Period, string TimeToLive, ReadOnlyMemory<byte> Data);
