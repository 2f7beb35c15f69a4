using Lucid.ServiceDefaults;

namespace Lucid.ApiGateway.Proxy;

internal sealed record ProxyOptions
{
    /// <summary>What the own sidecar wants to see.</summary>
    [Secret]
    public string? DaprApiToken { get; init; }
}
