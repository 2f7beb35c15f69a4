using Dapr.Actors;
using Dapr.Actors.Client;

namespace Lucid.AuthService.Actors;

/// <summary>Proxies of the session actors.</summary>
internal sealed class RefreshFamilies(IActorProxyFactory factory)
{
    public IRefreshFamilyActor this[string sid] => factory.CreateActorProxy<IRefreshFamilyActor>(new ActorId(sid), IRefreshFamilyActor.ActorType);
}
