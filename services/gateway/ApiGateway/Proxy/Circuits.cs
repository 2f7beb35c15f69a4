using System.Collections.Frozen;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;

namespace Lucid.ApiGateway.Proxy;

/// <summary>A circuit for every owner of the route table.</summary>
internal sealed class Circuits(TimeProvider clock)
{
    private readonly FrozenDictionary<string, Circuit> _byApp =
        PublicRouteTable.All.Select(route => route.App).Distinct().ToFrozenDictionary(app => app, app => new Circuit(RuleOf(app), clock));

    public Circuit this[string app] => _byApp[app];

    private static CircuitRule RuleOf(string app) => app switch
    {
        AppIds.BlockchainEngine or AppIds.SessionAnchoring => new(3, TimeSpan.FromSeconds(60)),
        AppIds.PaymentGateway => new(10, TimeSpan.FromSeconds(30)),
        _ => new(5, TimeSpan.FromSeconds(30)),
    };
}
