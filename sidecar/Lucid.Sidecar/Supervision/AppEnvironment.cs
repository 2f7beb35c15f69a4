using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Supervision;

/// <summary>What an app finds in its environment: its run file's variables and, over them, where its sidecar is and the two tokens.</summary>
internal static class AppEnvironment
{
    /// <summary>32 random bytes in URL-safe text.</summary>
    private static string MintToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>Fresh tokens where there are none. An app that is started elsewhere could not learn them: it gets none.</summary>
    public static SidecarOptions WithTokens(AppPlan plan) => plan.Command.Count == 0
        ? plan.Options
        : plan.Options with { ApiToken = plan.Options.ApiToken ?? MintToken(), AppApiToken = plan.Options.AppApiToken ?? MintToken() };

    public static IReadOnlyDictionary<string, string?> Of(AppPlan plan, SidecarOptions options)
    {
        var environment = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            // Inherited ones would lead the app's SDK to another sidecar.
            ["DAPR_HTTP_ENDPOINT"] = null,
            ["DAPR_GRPC_ENDPOINT"] = null,
        };
        foreach (var (name, value) in plan.Environment)
        {
            environment[name] = value;
        }

        environment["APP_ID"] = options.AppId;
        environment["APP_PORT"] = options.AppPort == 0 ? null : Text(options.AppPort);
        environment["APP_PROTOCOL"] = options.AppProtocol;
        environment["APP_CHANNEL_ADDRESS"] = options.AppChannelAddress;
        environment["DAPR_HTTP_PORT"] = Text(options.HttpPort);
        environment["DAPR_GRPC_PORT"] = Text(options.GrpcPort);
        environment["DAPR_METRICS_PORT"] = Text(options.MetricsPort);
        environment["DAPR_API_TOKEN"] = options.ApiToken;
        environment["APP_API_TOKEN"] = options.AppApiToken;
        environment["NAMESPACE"] = options.Namespace;
        return environment;
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
