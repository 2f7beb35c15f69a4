using System.Collections.Concurrent;
using Dapr.Actors;
using Dapr.Actors.Client;
using Dapr.Actors.Runtime;
using Lucid.AuthService.Actors;
using Microsoft.Extensions.DependencyInjection;

namespace Lucid.AuthService.Tests.Support;

/// <summary>Runs the actor class in process, one call of an id at a time, as the runtime does.</summary>
internal sealed class ActorTurns(IServiceProvider services) : IActorProxyFactory
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _turns = [];

    public TActorInterface CreateActorProxy<TActorInterface>(ActorId actorId, string actorType, ActorProxyOptions? options = null) where TActorInterface : IActor =>
        (TActorInterface)(object)new Proxy(this, actorId);

    public object CreateActorProxy(ActorId actorId, Type actorInterfaceType, string actorType, ActorProxyOptions? options = null) => throw new NotSupportedException();

    public ActorProxy Create(ActorId actorId, string actorType, ActorProxyOptions? options = null) => throw new NotSupportedException();

    private async Task<TResult> TurnAsync<TResult>(ActorId id, Func<IRefreshFamilyActor, Task<TResult>> call)
    {
        var turn = _turns.GetOrAdd(id.GetId(), _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync();
        try
        {
            var host = ActorHost.CreateForTest<RefreshFamilyActor>(IRefreshFamilyActor.ActorType, new ActorTestOptions { ActorId = id });
            return await call(ActivatorUtilities.CreateInstance<RefreshFamilyActor>(services, host));
        }
        finally
        {
            turn.Release();
        }
    }

    private sealed class Proxy(ActorTurns turns, ActorId id) : IRefreshFamilyActor
    {
        public Task<FamilyReply> RotateAsync(RotateCall call) => turns.TurnAsync(id, actor => actor.RotateAsync(call));

        public Task<FamilyReply> StepUpAsync() => turns.TurnAsync(id, actor => actor.StepUpAsync());

        public Task<bool> RevokeAsync(string reason) => turns.TurnAsync(id, actor => actor.RevokeAsync(reason));
    }
}
