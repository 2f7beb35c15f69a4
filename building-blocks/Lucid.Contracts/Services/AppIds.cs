namespace Lucid.Contracts.Services;

/// <summary>Dapr app-ids: the container names of the deployment guide.</summary>
public static class AppIds
{
    public const string ApiGateway = "lucid-api-gateway";
    public const string AuthService = "lucid-auth-service";
    public const string BlockchainEngine = "lucid-blockchain-engine";
    public const string SessionAnchoring = "lucid-session-anchoring";
    public const string SessionPipeline = "lucid-session-pipeline";
    public const string SessionRecorder = "lucid-session-recorder";
    public const string ChunkProcessor = "lucid-chunk-processor";
    public const string SessionStorage = "lucid-session-storage";
    public const string SessionApi = "lucid-session-api";
    public const string RdpManager = "lucid-rdp-manager";
    public const string Xrdp = "lucid-xrdp";
    public const string SessionController = "lucid-session-controller";
    public const string ResourceMonitor = "lucid-resource-monitor";
    public const string NodeManagement = "lucid-node-management";
    public const string AdminInterface = "lucid-admin-interface";
    public const string TronClient = "lucid-tron-client";
    public const string PayoutRouter = "lucid-payout-router";
    public const string WalletManager = "lucid-wallet-manager";
    public const string UsdtManager = "lucid-usdt-manager";
    public const string TrxStaking = "lucid-trx-staking";
    public const string PaymentGateway = "lucid-payment-gateway";
    public const string StorageDatabase = "lucid-storage-database";
}
