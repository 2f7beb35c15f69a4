using System.Collections.Frozen;
using static Lucid.Contracts.Services.Namespaces;

namespace Lucid.Contracts.Services;

/// <summary>Every service of the deployment guide that Lucid builds. Run files, compose files, Prometheus targets and tests are checked against it.</summary>
public static class ServiceTable
{
    public static IReadOnlyList<ServiceDescription> All { get; } =
    [
        Describe(AppIds.ApiGateway, Main, 1, "services/gateway/ApiGateway", 8080, 8080, "state-gateway") with { SidecarFacingPort = 8082 },
        Describe(AppIds.AuthService, Main, 9, "services/auth/AuthService", 8089, 8089, "state-auth") with { HostsActors = true },
        Describe(AppIds.BlockchainEngine, Main, 2, "services/blockchain/BlockchainEngine", 8084, 8084, "state-blockchain") with { ServiceName = "lucid-blocks" },
        Describe(AppIds.SessionAnchoring, Main, 2, "services/blockchain/SessionAnchoring", 8085, 8085, "state-blockchain"),
        Describe(AppIds.SessionPipeline, Main, 3, "services/sessions/SessionPipeline", 8083, 8183, "state-sessions") with { HostsActors = true },
        Describe(AppIds.SessionRecorder, Main, 3, "services/sessions/SessionRecorder", 8084, 8184, "state-sessions"),
        Describe(AppIds.ChunkProcessor, Main, 3, "services/sessions/ChunkProcessor", 8085, 8185, "state-sessions"),
        Describe(AppIds.SessionStorage, Main, 3, "services/sessions/SessionStorage", 8086, 8186, "state-sessions"),
        Describe(AppIds.SessionApi, Main, 3, "services/sessions/SessionApi", 8087, 8187, "state-sessions"),
        Describe(AppIds.RdpManager, Main, 4, "services/rdp/RdpManager", 8090, 8090, "state-rdp") with { HostsActors = true },
        Describe(AppIds.Xrdp, Main, 4, "services/rdp/Xrdp", 8091, 8091, "state-rdp"),
        Describe(AppIds.SessionController, Main, 4, "services/rdp/SessionController", 8092, 8092, "state-rdp"),
        Describe(AppIds.ResourceMonitor, Main, 4, "services/rdp/ResourceMonitor", 8093, 8093, "state-rdp"),
        Describe(AppIds.NodeManagement, Main, 5, "services/nodes/NodeManagement", 8095, 8095, "state-nodes"),
        Describe(AppIds.AdminInterface, Main, 6, "services/admin/AdminInterface", 8083, 8083, "state-admin") with { SidecarFacingPort = 8094 },
        Describe(AppIds.TronClient, Wallet, 7, "services/tron/TronClient", 8085, 8285, "state-tron"),
        Describe(AppIds.PayoutRouter, Wallet, 7, "services/tron/PayoutRouter", 8086, 8286, "state-tron"),
        Describe(AppIds.WalletManager, Wallet, 7, "services/tron/WalletManager", 8087, 8287, "state-tron"),
        Describe(AppIds.UsdtManager, Wallet, 7, "services/tron/UsdtManager", 8088, 8288, "state-tron"),
        Describe(AppIds.TrxStaking, Wallet, 7, "services/tron/TrxStaking", 8089, 8289, "state-tron"),
        Describe(AppIds.PaymentGateway, Wallet, 7, "services/tron/PaymentGateway", 8090, 8290, "state-tron"),
        Describe(AppIds.StorageDatabase, Main, 8, "services/storage/StorageDatabase", 8088, 8088, "state-storage"),
    ];

    private static readonly FrozenDictionary<string, ServiceDescription> ByAppId =
        All.ToFrozenDictionary(service => service.AppId, StringComparer.Ordinal);

    /// <exception cref="ArgumentException"><paramref name="appId"/> is not in the table.</exception>
    public static ServiceDescription Get(string appId) =>
        ByAppId.TryGetValue(appId, out var service)
            ? service
            : throw new ArgumentException($"'{appId}' is not in the service table.", nameof(appId));

    public static ServiceDescription? Find(string appId) => ByAppId.GetValueOrDefault(appId);

    private static ServiceDescription Describe(
        string appId, string @namespace, int cluster, string project, int containerPort, int hostPort, string stateStore) =>
        new(appId, @namespace, appId, cluster, project, containerPort, hostPort, stateStore);
}
