namespace Lucid.Sidecar.Telemetry;

/// <summary>daprd's names of spans' attributes and their fixed values.</summary>
internal static class SpanNames
{
    public const string Api = "dapr.api";
    public const string Protocol = "dapr.protocol";
    public const string StatusCode = "dapr.status_code";
    public const string InvokeMethod = "dapr.invoke_method";
    public const string Actor = "dapr.actor";
    public const string DbName = "db.name";
    public const string DbSystem = "db.system";
    public const string DbStatement = "db.statement";
    public const string DbConnectionString = "db.connection_string";
    public const string MessagingSystem = "messaging.system";
    public const string MessagingDestination = "messaging.destination";
    public const string MessagingDestinationKind = "messaging.destination_kind";
    public const string RpcService = "rpc.service";
    public const string PeerName = "net.peer.name";

    public const string ServiceInvocation = "ServiceInvocation";
    public const string DaprService = "Dapr";

    public static string CallLocal(string appId, string method) => $"CallLocal/{appId}/{method}";

    public static string CallActor(string type, string method) => $"CallActor/{type}/{method}";
}
