using Lucid.ServiceDefaults.Entities;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lucid.ServiceDefaults.Tests.Support;

/// <summary>One run of a service over the shared store: the production classes, with a gate before every step. Its memory ends with it.</summary>
internal sealed class StateProcess : IStateClient, IEventPublisher
{
    private readonly SharedStore _store;
    private readonly IStepGate _gate;

    public StateProcess(SharedStore store, TimeProvider? clock = null, IStepGate? gate = null)
    {
        (_store, _gate, Clock) = (store, gate ?? new OpenGate(), clock ?? TimeProvider.System);
        Outbox = new Outbox(this, this, new DirtyMarks(this, Clock), new PublishedEvents(), Clock, NullLogger<Outbox>.Instance);
        Catalogue = new EntityCatalogue("ledger", this, Clock);
        Ledgers = new EntityStore<Ledger>("ledger", this, Outbox, Catalogue, Clock);
    }

    public TimeProvider Clock { get; }

    public Outbox Outbox { get; }

    public EntityCatalogue Catalogue { get; }

    public EntityStore<Ledger> Ledgers { get; }

    public async Task SweepAllAsync()
    {
        for (var slot = 0; slot < DirtyMarks.SlotCount; slot++)
        {
            await Outbox.SweepAsync(slot, CancellationToken.None);
        }
    }

    Task<StateItem?> IStateClient.GetAsync(string key, CancellationToken cancellationToken) => StepAsync(() => _store.Get(key));

    Task<IReadOnlyList<StateItem?>> IStateClient.GetManyAsync(IReadOnlyList<string> keys, CancellationToken cancellationToken) =>
        StepAsync(() => (IReadOnlyList<StateItem?>)[.. keys.Select(_store.Get)]);

    Task<bool> IStateClient.SaveAsync(string key, ReadOnlyMemory<byte> value, string? etag, TimeSpan? timeToLive, CancellationToken cancellationToken) =>
        StepAsync(() => _store.Save(key, value, etag));

    Task<bool> IStateClient.DeleteAsync(string key, string etag, CancellationToken cancellationToken) => StepAsync(() => _store.Delete(key, etag));

    Task IEventPublisher.PublishAsync(PendingEvent pending, CancellationToken cancellationToken) => StepAsync(() =>
    {
        _store.Publish(pending);
        return true;
    });

    private async Task<TResult> StepAsync<TResult>(Func<TResult> step)
    {
        var last = await _gate.EnterAsync();
        var result = step();
        return last ? throw new SimulatedCrash() : result;
    }
}

/// <summary>An aggregate that remembers every change it saw: what it holds must have been told.</summary>
internal sealed record Ledger(IReadOnlyList<string> Entries);
