using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.Resiliency;

/// <summary>One app under four ids, each with another policy of the caller's.</summary>
public sealed class ResiliencyWorld : World
{
    private const string Policy = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata:
          name: policies
        spec:
          policies:
            timeouts:
              short: 300ms
            retries:
              twice: { policy: constant, duration: 10ms, maxRetries: 2 }
              ofServer: { policy: constant, duration: 10ms, maxRetries: 2, matching: { httpStatusCodes: "500-599" } }
            circuitBreakers:
              quick: { maxRequests: 1, timeout: 60s, trip: consecutiveFailures > 1 }
          targets:
            apps:
              retried: { retry: twice }
              narrow: { retry: ofServer }
              slow: { timeout: short }
              broken: { circuitBreaker: quick }
        """;

    public RecordingApp App { get; private set; } = null!;

    public SidecarSpec Caller { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Folder.Write("resiliency.yaml", Policy);
        App = await AppAsync();
        foreach (var id in new[] { "retried", "narrow", "slow", "broken" })
        {
            await SidecarAsync(new SidecarSpec(id) { AppPort = App.Port });
        }

        Caller = await SidecarAsync(new SidecarSpec("caller"));
    }
}
