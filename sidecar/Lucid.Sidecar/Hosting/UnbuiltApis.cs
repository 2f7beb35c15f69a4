using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Hosting;

/// <summary>Parts of Dapr's HTTP API that this runtime does not build: each is answered 501 by its name, so that nobody takes them for a typing error.</summary>
internal static class UnbuiltApis
{
    private static readonly (string Route, string Name, string Instead)[] Apis =
    [
        ("/v1.0/configuration/{**rest}", "configuration", "read settings from the app's own configuration"),
        ("/v1.0-alpha1/configuration/{**rest}", "configuration", "read settings from the app's own configuration"),
        ("/v1.0/bindings/{**rest}", "bindings", "call the other system from the app"),
        ("/v1.0/jobs/{**rest}", "jobs", "use an actor reminder"),
        ("/v1.0-alpha1/jobs/{**rest}", "jobs", "use an actor reminder"),
        ("/v1.0/workflows/{**rest}", "workflows", "use an actor or an entity with its state"),
        ("/v1.0-alpha1/workflows/{**rest}", "workflows", "use an actor or an entity with its state"),
        ("/v1.0-beta1/workflows/{**rest}", "workflows", "use an actor or an entity with its state"),
        ("/v1.0-alpha1/conversation/{**rest}", "conversation", "call the provider from the app"),
        ("/v1.0-alpha2/conversation/{**rest}", "conversation", "call the provider from the app"),
        ("/v1.0-alpha1/crypto/{**rest}", "cryptography", "use the framework's cryptography in the app"),
        ("/v1.0-alpha1/subtlecrypto/{**rest}", "cryptography", "use the framework's cryptography in the app"),
    ];

    public static void Map(IEndpointRouteBuilder routes)
    {
        foreach (var (route, name, instead) in Apis)
        {
            var error = new DaprError(
                "ERR_API_UNIMPLEMENTED", $"the {name} API is not built into the embedded Dapr runtime: {instead}, or run daprd", 501, StatusCode.Unimplemented);
            routes.Map(route, _ => throw new DaprApiException(error));
        }
    }
}
