using Lucid.Contracts.Services;
using static Lucid.Contracts.Services.AppIds;

namespace Lucid.Contracts.Events;

/// <summary>Topics with their publishers and subscribers (integration §7 as the design amends it).</summary>
public static class TopicTable
{
    public static IReadOnlyList<TopicRule> All { get; } =
    [
        Main(Topics.Auth, [AuthService], [ApiGateway, SessionApi, SessionPipeline, NodeManagement, AdminInterface, StorageDatabase]),
        Main(Topics.Gateway, [ApiGateway], [AdminInterface, StorageDatabase]),
        Main(
            Topics.Sessions,
            [SessionPipeline, SessionRecorder, ChunkProcessor, SessionStorage, SessionApi],
            [AuthService, SessionAnchoring, ChunkProcessor, NodeManagement, AdminInterface, StorageDatabase]),
        Main(
            Topics.Chain,
            [BlockchainEngine, SessionAnchoring],
            [SessionApi, SessionPipeline, SessionAnchoring, NodeManagement, AdminInterface, StorageDatabase]),
        Main(
            Topics.Rdp,
            [RdpManager, Xrdp, SessionController, ResourceMonitor],
            [SessionPipeline, RdpManager, AdminInterface, StorageDatabase]),
        Main(Topics.Nodes, [NodeManagement], [BlockchainEngine, SessionAnchoring, SessionApi, AdminInterface, StorageDatabase]),
        Main(Topics.Admin, [AdminInterface], [StorageDatabase]),
        Main(Topics.Storage, [StorageDatabase], [SessionApi, SessionRecorder, AdminInterface, StorageDatabase]),
        Main(Topics.System, [AdminInterface], [.. EverySystemSubscriber()]),
        Main(Topics.Payments, [PaymentGateway], [ApiGateway, NodeManagement, AuthService, AdminInterface, StorageDatabase]),
        Main(Topics.PayoutsRequested, [NodeManagement], [PaymentGateway]),
        new(
            Topics.Wallet,
            ComponentNames.WalletPubSub,
            [TronClient, PayoutRouter, WalletManager, UsdtManager, TrxStaking, PaymentGateway],
            [TronClient, PayoutRouter, WalletManager, UsdtManager, TrxStaking, PaymentGateway]),
    ];

    public static TopicRule Get(string topic) => All.Single(rule => rule.Topic == topic);

    private static TopicRule Main(string topic, IReadOnlyList<string> publishers, IReadOnlyList<string> subscribers) =>
        new(topic, ComponentNames.PubSub, publishers, subscribers);

    // Lock-down and maintenance concern every app of the main plane and the payment plane's door; the read model keeps no copy.
    private static IEnumerable<string> EverySystemSubscriber() =>
        ServiceTable.All
            .Where(service => service.Namespace == Namespaces.Main || service.AppId == PaymentGateway)
            .Select(service => service.AppId)
            .Where(appId => appId is not (AdminInterface or StorageDatabase));
}
