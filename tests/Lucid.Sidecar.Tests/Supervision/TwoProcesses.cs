using Grpc.Net.Client;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Tests.Invocation;
using Lucid.Sidecar.Tests.Resources;

namespace Lucid.Sidecar.Tests.Supervision;

/// <summary>A gRPC app with its sidecar, and a caller's sidecar, each sidecar a process; they know each other by static name resolution and certificates of one authority.</summary>
public sealed class TwoProcesses : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly List<SidecarProcess> processes = [];
    private readonly Dictionary<string, string> environment;

    public TwoProcesses()
        : this(new Dictionary<string, string>())
    {
    }

    internal TwoProcesses(Dictionary<string, string> environment) => this.environment = environment;

    internal GrpcEcho App { get; private set; } = null!;

    internal GrpcChannel Caller { get; private set; } = null!;

    /// <summary>An app that the callee's policy does not name.</summary>
    internal GrpcChannel Stranger { get; private set; } = null!;

    internal SidecarProcess CalleeProcess => processes[0];

    internal SidecarProcess CallerProcess => processes[1];

    public async ValueTask InitializeAsync()
    {
        App = await GrpcEcho.StartAsync();
        var callee = FreePorts.Take();
        folder.Write("callee.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: callee }
            spec:
              accessControl:
                defaultAction: deny
                trustDomain: lucid.internal
                policies:
                  - appId: caller
                    trustDomain: lucid.internal
                    namespace: lucid
                    defaultAction: deny
                    operations:
                      - { name: /test.Echo/Say, action: allow }
                      - { name: /test.Echo/List, action: allow }
                      - { name: /test.Echo/Join, action: allow }
                      - { name: /test.Echo/Talk, action: allow }
            """);
        folder.Write("caller.yaml", $$"""
            apiVersion: dapr.io/v1alpha1
            kind: Configuration
            metadata: { name: caller }
            spec:
              accessControl: { defaultAction: allow, trustDomain: lucid.internal }
              nameResolution: { component: static, configuration: { callee.lucid: "127.0.0.1:{{callee}}" } }
            """);
        folder.Write("resources/resiliency.yaml", """
            apiVersion: dapr.io/v1alpha1
            kind: Resiliency
            metadata: { name: policies }
            spec:
              policies:
                retries:
                  some: { policy: constant, duration: 10ms, maxRetries: 3, matching: { gRPCStatusCodes: "14" } }
              targets:
                apps:
                  callee: { retry: some }
            """);
        await StartAsync("callee", "callee.yaml", "--app-port", $"{App.Port}", "--app-protocol", "grpc", "--dapr-internal-grpc-port", $"{callee}");
        Caller = await StartAsync("caller", "caller.yaml", "--resources-path", Path.Combine(folder.Path, "resources"));
        Stranger = await StartAsync("stranger", "caller.yaml");
    }

    public async ValueTask DisposeAsync()
    {
        Caller?.Dispose();
        Stranger?.Dispose();
        foreach (var process in processes)
        {
            await process.DisposeAsync();
        }

        if (App is not null)
        {
            await App.DisposeAsync();
        }

        folder.Dispose();
    }

    private async Task<GrpcChannel> StartAsync(string appId, string configuration, params string[] more)
    {
        var (http, grpc) = (FreePorts.Take(), FreePorts.Take());
        var process = SidecarProcess.StartWith(
            new Dictionary<string, string>(environment) { ["NAMESPACE"] = "lucid", ["DAPR_API_TOKEN"] = $"api of {appId}", ["APP_API_TOKEN"] = $"app of {appId}" },
            folder.Path,
            [
                "--app-id", appId, "--config", Path.Combine(folder.Path, configuration), "--lucid-dir", Path.Combine(folder.Path, ".lucid"), "--dapr-http-port", $"{http}",
                "--dapr-grpc-port", $"{grpc}", "--metrics-port", $"{FreePorts.Take()}", .. more,
            ]);
        processes.Add(process);
        await process.PrintsAsync($"sidecar of {appId} listens");
        return GrpcChannel.ForAddress($"http://127.0.0.1:{grpc}");
    }
}
