using System.Collections.Concurrent;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Metadata;

/// <summary>Metadata of a sidecar, and the free entries a client may add to it.</summary>
public sealed class MetadataEngine(SidecarContext context, MetadataSources sources)
{
    /// <summary>The daprd version whose behaviour is kept, and what keeps it.</summary>
    public const string RuntimeVersion = "1.18.3+lucid";

    private readonly ConcurrentDictionary<string, string> extended = new(StringComparer.Ordinal)
    {
        ["daprRuntimeVersion"] = RuntimeVersion,
    };

    public MetadataDocument Get()
    {
        var options = context.Options;
        var port = sources.AppPort();
        return new MetadataDocument(
            options.AppId,
            RuntimeVersion,
            sources.Components(),
            sources.Subscriptions(),
            sources.ActiveActors(),
            new Dictionary<string, string>(extended),
            port == 0
                ? null
                : new AppConnection(port, options.AppProtocol, options.AppChannelAddress, options.AppMaxConcurrency, options.EnableAppHealthCheck ? options.AppHealthCheckPath : null));
    }

    public void Set(string key, string value) => extended[key] = value;
}
