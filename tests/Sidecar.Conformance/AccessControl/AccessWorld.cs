using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.AccessControl;

/// <summary>
/// Callers <c>alice</c> and <c>bob</c> in the namespace <c>land</c>, and apps to be called, one over HTTP and one over gRPC, of which each
/// test makes callees with rules of their own.
/// </summary>
public sealed class AccessWorld : World
{
    public RecordingApp App { get; private set; } = null!;

    public GrpcEchoApp Echo { get; private set; } = null!;

    public SidecarSpec Alice { get; private set; } = null!;

    public SidecarSpec Bob { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        App = await AppAsync();
        Echo = await Own(new GrpcEchoApp()).StartAsync();
        Alice = await SidecarAsync(Spec("alice"));
        Bob = await SidecarAsync(Spec("bob"));
    }

    public static SidecarSpec Spec(string appId) => new(appId) { Environment = new Dictionary<string, string> { ["NAMESPACE"] = "land" } };

    /// <summary>A callee over HTTP with this specification; empty: without one.</summary>
    /// <param name="accessControl">YAML below <c>spec</c>.</param>
    public Task<SidecarSpec> CalleeAsync(string appId, string accessControl) =>
        SidecarAsync(Spec(appId) with { AppPort = App.Port, Configuration = accessControl.Length == 0 ? null : Configuration(accessControl) });

    public Task<SidecarSpec> GrpcCalleeAsync(string appId, string accessControl) =>
        SidecarAsync(Spec(appId) with { AppPort = Echo.Port, AppProtocol = "grpc", Configuration = Configuration(accessControl) });

    /// <summary>Denies all but what the operations give to alice.</summary>
    /// <param name="operations">One line of flow YAML each, without braces.</param>
    public static string ForAlice(string policyDefault, params string[] operations) => Policy("deny", "alice", "public", "land", policyDefault, operations);

    public static string Policy(string global, string appId, string trustDomain, string @namespace, string policyDefault, params string[] operations) =>
        string.Join('\n', (string[])
        [
            "accessControl:",
            $"  defaultAction: {global}",
            "  trustDomain: public",
            "  policies:",
            $"    - appId: {appId}",
            $"      trustDomain: {trustDomain}",
            $"      namespace: {@namespace}",
            $"      defaultAction: {policyDefault}",
            operations.Length == 0 ? "      operations: []" : "      operations:",
            .. operations.Select(operation => $"        - {{ {operation} }}"),
        ]);

    /// <summary>The status of a call; what a denial must look like is asserted on the way.</summary>
    public async Task<int> CallAsync(SidecarSpec from, string callee, string method, string verb = "GET", params (string Name, string Value)[] headers)
    {
        var before = Served();
        var answer = await SendAsync(from, verb, $"/v1.0/invoke/{callee}/method/{method}", headers: headers);
        if ((int)answer.StatusCode == 403)
        {
            var body = await answer.IsRefusedAsync(403, "ERR_DIRECT_INVOKE");
            Assert.Contains("access control policy has denied access", body.GetProperty("message").GetString(), StringComparison.Ordinal);
            Assert.Equal(before, Served());
        }

        return (int)answer.StatusCode;

        int Served() => App.Requests.Count(request => request.Header("dapr-callee-app-id") == callee);
    }
}
