using System.Globalization;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <content>State, reminders and timers, as the HTTP and gRPC surfaces call them.</content>
public sealed partial class ActorEngine
{
    /// <summary>The stored bytes of a key, or null.</summary>
    /// <exception cref="DaprApiException">No actor state store, or it failed.</exception>
    public async Task<StateValue?> GetStateAsync(string actorType, string actorId, string key, CancellationToken cancellationToken)
    {
        Check(actorType, actorId);
        var actors = store ?? throw new DaprApiException(ActorErrors.RuntimeNotFound);
        try
        {
            return await actors.GetAsync(StateKey(actorType, actorId, key), cancellationToken);
        }
        catch (Exception failure) when (failure is StateStoreException or TimeoutException or CircuitOpenException)
        {
            throw new DaprApiException(ActorErrors.StateGet(failure.Message), failure);
        }
    }

    /// <summary>All or nothing. Only for an actor that is active in this sidecar.</summary>
    /// <exception cref="DaprApiException">No actor state store, the instance is not active here, or the store failed.</exception>
    public async Task TransactAsync(string actorType, string actorId, IReadOnlyList<ActorStateOperation> operations, CancellationToken cancellationToken)
    {
        Check(actorType, actorId);
        var actors = store ?? throw new DaprApiException(ActorErrors.RuntimeNotFound);
        if (!IsActiveHere(actorType, actorId))
        {
            throw new DaprApiException(ActorErrors.InstanceMissing);
        }

        var steps = new List<StateOperation>(operations.Count);
        foreach (var operation in operations)
        {
            var key = StateKey(actorType, actorId, operation.Key);
            steps.Add(operation.Value is { } value
                ? new StateSet(key, value, null, false, operation.TimeToLive)
                : new StateDelete(key, null, false));
        }

        if (steps.Count == 0)
        {
            return;
        }

        try
        {
            await actors.TransactAsync(steps, cancellationToken);
        }
        catch (Exception failure) when (failure is StateStoreException or TimeoutException or CircuitOpenException)
        {
            throw new DaprApiException(ActorErrors.StateTransactionSave(failure.Message), failure);
        }
    }

    /// <summary>Registers a reminder; it is durable when the task has ended.</summary>
    /// <exception cref="DaprApiException">Type not hosted here, times not understood, exists and must not be overwritten, or the store failed.</exception>
    public Task CreateReminderAsync(ReminderRequest request, CancellationToken cancellationToken)
    {
        Check(request.ActorType, request.ActorId, request.Name);
        return KeeperOf(request.ActorType).CreateAsync(request, cancellationToken);
    }

    /// <exception cref="DaprApiException">Type not hosted here, no such reminder, or the store failed.</exception>
    public async Task<ReminderView> GetReminderAsync(string actorType, string actorId, string name, CancellationToken cancellationToken)
    {
        Check(actorType, actorId, name);
        var reminder = await KeeperOf(actorType).FindAsync(actorType, actorId, name, cancellationToken)
            ?? throw new DaprApiException(ActorErrors.ReminderNotFound(name));
        var expiry = reminder.Plan.ExpiresAt?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
        return new ReminderView(actorType, actorId, name, reminder.Plan.DueTime, reminder.Plan.Period, expiry, reminder.Data);
    }

    /// <summary>Deleting what is not there succeeds.</summary>
    /// <exception cref="DaprApiException">Type not hosted here, or the store failed.</exception>
    public Task DeleteReminderAsync(string actorType, string actorId, string name, CancellationToken cancellationToken)
    {
        Check(actorType, actorId, name);
        return KeeperOf(actorType).DeleteAsync(actorType, actorId, name, cancellationToken);
    }

    /// <summary>Registers or replaces a timer of an actor that is active in this sidecar.</summary>
    /// <exception cref="DaprApiException">The instance is not active here, or times are not understood.</exception>
    public void CreateTimer(TimerRequest request)
    {
        Check(request.ActorType, request.ActorId, request.Name);
        timers.Create(request, new ActorKey(Namespace, request.ActorType, request.ActorId));
    }

    /// <summary>Deleting what is not there succeeds.</summary>
    public void DeleteTimer(string actorType, string actorId, string name)
    {
        Check(actorType, actorId, name);
        timers.Delete(new ActorKey(Namespace, actorType, actorId), name);
    }

    private bool IsActiveHere(string type, string id) => directory.Find(new ActorKey(Namespace, type, id))?.Host == this;

    private string StateKey(string type, string id, string key) => $"{AppId}||{type}||{id}||{key}";

    private ReminderService KeeperOf(string type) =>
        !directory.IsHost(this, type) || directory.ReminderKeeper(Namespace, type) is not { } keeper ? throw new DaprApiException(ActorErrors.ReminderNonHosted)
        : keeper.store is null ? throw new DaprApiException(ActorErrors.RuntimeNotFound)
        : keeper.reminders;
}
