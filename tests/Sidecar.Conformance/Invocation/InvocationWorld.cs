using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.Invocation;

/// <summary>
/// Apps <c>callee</c> and <c>caller</c>, each with a token of its own; <c>retried</c>, the callee's app under an id with a retry policy;
/// <c>echo</c>, a gRPC app; <c>secured</c>, a caller whose API wants a token; <c>small</c>, a caller that takes small bodies only.
/// </summary>
public sealed class InvocationWorld : World
{
    private const string Policy = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata:
          name: invocation
        spec:
          policies:
            retries:
              twice: { policy: constant, duration: 10ms, maxRetries: 2 }
          targets:
            apps:
              retried: { retry: twice }
        """;

    public RecordingApp Callee { get; private set; } = null!;

    public RecordingApp Caller { get; private set; } = null!;

    public GrpcEchoApp Echo { get; private set; } = null!;

    public SidecarSpec At { get; private set; } = null!;

    public SidecarSpec AtCallee { get; private set; } = null!;

    public SidecarSpec Secured { get; private set; } = null!;

    public SidecarSpec Small { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Folder.Write("resiliency.yaml", Policy);
        Callee = await AppAsync();
        Caller = await AppAsync();
        Echo = await Own(new GrpcEchoApp()).StartAsync();
        AtCallee = await SidecarAsync(Spec("callee", Callee.Port, ("APP_API_TOKEN", "callee-secret")));
        await SidecarAsync(Spec("retried", Callee.Port));
        await SidecarAsync(Spec("echo", Echo.Port) with { AppProtocol = "grpc" });
        At = await SidecarAsync(Spec("caller", Caller.Port, ("APP_API_TOKEN", "caller-secret")));
        Secured = await SidecarAsync(Spec("secured", 0, ("DAPR_API_TOKEN", "api-secret")));
        Small = await SidecarAsync(Spec("small", 0) with { Flags = ["--max-body-size", "16Ki"] });
    }

    public Task<HttpResponseMessage> InvokeAsync(string method, string verb = "GET", HttpContent? body = null, params (string Name, string Value)[] headers) =>
        SendAsync(At, verb, $"/v1.0/invoke/callee/method/{method}", body, headers);

    public static HttpRequestMessage Streaming(SidecarSpec at, string path, HttpContent? body = null) =>
        new(body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(at.Http, path)) { Content = body };

    private static SidecarSpec Spec(string appId, int appPort, params (string Name, string Value)[] environment) => new(appId)
    {
        AppPort = appPort,
        Environment = environment.Append(("NAMESPACE", "land")).ToDictionary(pair => pair.Item1, pair => pair.Item2),
    };
}
