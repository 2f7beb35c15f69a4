using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.TokensAndHealth;

/// <summary>A sidecar that wants a token, one that offers only a part of the API by denial and one by allowance, and a gRPC app.</summary>
public sealed class TokenWorld : World
{
    public const string Token = "api-secret";

    public GrpcEchoApp Echo { get; private set; } = null!;

    public SidecarSpec Guarded { get; private set; } = null!;

    public SidecarSpec Denying { get; private set; } = null!;

    public SidecarSpec Allowing { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Folder.Add("store", "state.in-memory");
        Echo = await Own(new GrpcEchoApp()).StartAsync();
        await SidecarAsync(new SidecarSpec("echo") { AppPort = Echo.Port, AppProtocol = "grpc" });
        Guarded = await SidecarAsync(new SidecarSpec("guarded") { Environment = new Dictionary<string, string> { ["DAPR_API_TOKEN"] = Token } });
        Denying = await SidecarAsync(new SidecarSpec("denying")
        {
            Configuration = Configuration("api:\n  denied:\n    - { name: state, version: v1, protocol: http }\n    - { name: state, version: v1, protocol: grpc }"),
        });
        Allowing = await SidecarAsync(new SidecarSpec("allowing")
        {
            Configuration = Configuration("api:\n  allowed:\n    - { name: metadata, version: v1, protocol: http }\n    - { name: metadata, version: v1, protocol: grpc }"),
        });
    }
}
