using Lucid.Sidecar.Grpc;
using Lucid.Sidecar.Metadata;

namespace Lucid.Sidecar.Hosting;

/// <summary>Metadata and shutdown as the gRPC surface sees them; the engine is made after the parts that it describes.</summary>
internal sealed class MetadataAdapter : IMetadataApi
{
    private MetadataEngine? engine;
    private Action? shutdown;

    public void Attach(MetadataEngine metadata, Action requestShutdown) => (engine, shutdown) = (metadata, requestShutdown);

    public SidecarDescription Describe()
    {
        var document = engine!.Get();
        return new SidecarDescription(document.Id, document.RuntimeVersion)
        {
            Components = [.. document.Components.Select(component => new DescribedComponent(component.Name, component.Type, component.Version, component.Capabilities))],
            Extended = document.Extended,
            Subscriptions =
            [
                .. document.Subscriptions.Select(subscription => new DescribedSubscription(
                    subscription.PubSubName, subscription.Topic, subscription.DeadLetterTopic ?? "", subscription.Metadata)
                {
                    Rules = subscription.Rules, IsDeclarative = subscription.Kind == "DECLARATIVE",
                }),
            ],
            ActiveActors = [.. document.ActiveActors.Select(actors => new DescribedActorType(actors.Type, actors.Count))],
            App = document.App is { } app ? new DescribedApp(app.Port, app.Protocol, app.ChannelAddress, app.MaxConcurrency) : null,
        };
    }

    public void Set(string key, string value) => engine!.Set(key, value);

    public void RequestShutdown() => shutdown!();
}
