using Lucid.Contracts.Services;

namespace Lucid.BlockchainEngine.Tests.Support;

/// <summary>How tests start a service and call it as its sidecar does.</summary>
internal static class AppArguments
{
    public const string AppToken = "app-token-of-the-test";

    public static string[] For(params string[] more) =>
    [
        "--ENVIRONMENT=development", "--PORT=0", $"--APP_API_TOKEN={AppToken}", "--DAPR_API_TOKEN=sidecar-token-of-the-test",
        "--DAPR_GRPC_ENDPOINT=http://127.0.0.1:9", "--LOG_LEVEL=ERROR", .. more,
    ];

    public static HttpClient Client(string address, string caller)
    {
        var client = new HttpClient { BaseAddress = new Uri(address) };
        client.DefaultRequestHeaders.Add("dapr-api-token", AppToken);
        client.DefaultRequestHeaders.Add("dapr-caller-app-id", caller);
        client.DefaultRequestHeaders.Add("dapr-caller-namespace", ServiceTable.Get(caller).Namespace);
        return client;
    }
}
