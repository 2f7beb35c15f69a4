using Dapr.Client;

namespace Lucid.ServiceDefaults.Health;

/// <summary>Outbound health of the sidecar: it serves our calls, whether or not we listen yet (dapr-contract §2.1).</summary>
internal sealed class SidecarCheck(DaprClient dapr) : IDependencyCheck
{
    public string Name => "sidecar";

    public bool Critical => true;

    public Task<bool> IsUpAsync(CancellationToken cancellationToken) => dapr.CheckOutboundHealthAsync(cancellationToken);
}
