using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.Actors;

/// <summary>
/// What daprd's placement service knows, for the sidecars of one process: which engines host a type, and where each active actor lives.
/// An actor has at most one instance: the first call chooses its engine (the same for the same id and the same replicas), and it stays
/// there until it is deactivated. One of the engines that host a type, the oldest, keeps the type's reminders.
/// </summary>
public sealed class ActorDirectory : IAsyncDisposable
{
    private readonly Lock gate = new();
    private readonly ConcurrentDictionary<ActorKey, Actor> active = new();
    private volatile ImmutableDictionary<(string Namespace, string Type), ImmutableArray<ActorEngine>> hosts =
        ImmutableDictionary<(string Namespace, string Type), ImmutableArray<ActorEngine>>.Empty;

    private readonly ConcurrentDictionary<(string Namespace, string Type), ActorEngine> keepers = new();

    /// <summary>The directory of the sidecars that share <paramref name="shared"/>.</summary>
    public static Task<ActorDirectory> OfAsync(SharedResources shared) =>
        shared.GetOrAddAsync("actors", static () => Task.FromResult(new ActorDirectory()));

    /// <summary>Nothing is held: engines take their actors down themselves.</summary>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The engine that keeps the reminders of a type, or null when nobody hosts it.</summary>
    internal ActorEngine? ReminderKeeper(string @namespace, string type) => keepers.GetValueOrDefault((@namespace, type));

    internal bool IsHost(ActorEngine engine, string type) => Hosts(engine.Namespace, type).Contains(engine);

    /// <summary>The app that hosts the type already, if it is another one: its actors' state has another prefix, so the two cannot be replicas.</summary>
    internal string? Register(ActorEngine engine, string type)
    {
        lock (gate)
        {
            var engines = Hosts(engine.Namespace, type);
            if (engines is [var other, ..] && other.AppId != engine.AppId)
            {
                return other.AppId;
            }

            if (!engines.Contains(engine))
            {
                hosts = hosts.SetItem((engine.Namespace, type), engines.Add(engine));
                keepers.TryAdd((engine.Namespace, type), engine);
            }

            return null;
        }
    }

    /// <summary>Takes an engine off a type: it gets no new actors. Its reminders it keeps until <see cref="HandOver"/>.</summary>
    internal void Unregister(ActorEngine engine, string type)
    {
        lock (gate)
        {
            var left = Hosts(engine.Namespace, type).Remove(engine);
            hosts = left.IsEmpty ? hosts.Remove((engine.Namespace, type)) : hosts.SetItem((engine.Namespace, type), left);
        }
    }

    /// <summary>Ends an engine's keeping of a type's reminders. The result keeps them from now on; null: nobody hosts the type.</summary>
    internal ActorEngine? HandOver(ActorEngine engine, string type)
    {
        lock (gate)
        {
            if (ReminderKeeper(engine.Namespace, type) != engine)
            {
                return null;
            }

            if (Hosts(engine.Namespace, type) is [var heir, ..])
            {
                keepers[(engine.Namespace, type)] = heir;
                return heir;
            }

            keepers.TryRemove((engine.Namespace, type), out _);
            return null;
        }
    }

    /// <summary>The instance of an actor, made now if there is none; null when no engine hosts its type.</summary>
    internal Actor? Activate(ActorKey key)
    {
        while (true)
        {
            if (active.TryGetValue(key, out var known))
            {
                return known;
            }

            var engines = Hosts(key.Namespace, key.Type);
            if (engines.IsEmpty)
            {
                return null;
            }

            var actor = active.GetOrAdd(key, static (key, engines) => Choose(engines, key).NewActor(key), engines);

            // An engine that left in the meantime has looked for its actors before this one was there.
            if (IsHost(actor.Host, key.Type))
            {
                actor.Host.Watch(actor);
                return actor;
            }

            Remove(actor);
        }
    }

    internal Actor? Find(ActorKey key) => active.GetValueOrDefault(key);

    internal IReadOnlyList<Actor> ActorsOf(ActorEngine engine) => [.. active.Values.Where(actor => actor.Host == engine)];

    internal void Remove(Actor actor)
    {
        _ = actor.Turns.CloseAsync();
        active.TryRemove(KeyValuePair.Create(actor.Key, actor));
        actor.Dispose();
    }

    /// <summary>Rendezvous hashing: the same choice for the same id while the replicas stay the same.</summary>
    private static ActorEngine Choose(ImmutableArray<ActorEngine> engines, ActorKey key) =>
        engines.Length == 1 ? engines[0] : engines.MaxBy(engine => StableHash.Of(engine.ReplicaName, key.Type, key.Id))!;

    private ImmutableArray<ActorEngine> Hosts(string @namespace, string type) =>
        hosts.TryGetValue((@namespace, type), out var engines) ? engines : [];
}
