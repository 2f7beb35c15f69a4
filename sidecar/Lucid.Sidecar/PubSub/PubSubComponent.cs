using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub;

/// <summary>A pub/sub component as one app sees it.</summary>
/// <param name="ConsumerGroup">Metadata <c>consumerID</c>, or the app id.</param>
public sealed record PubSubComponent(string Name, IPubSub Broker, TopicRules Rules, string ConsumerGroup)
{
    public static PubSubComponent Create(ComponentDefinition definition, IPubSub broker, ComponentHost host) =>
        new(definition.Name, broker, TopicRules.Read(definition, host.AppId), ConsumerGroupOf(definition, host));

    /// <summary>The consumer group with daprd's placeholders filled in.</summary>
    public static string ConsumerGroupOf(ComponentDefinition definition, ComponentHost host) =>
        definition["consumerID"] is not { Length: > 0 } group
            ? host.AppId
            : group.Replace("{appID}", host.AppId, StringComparison.Ordinal)
                .Replace("{namespace}", host.Namespace, StringComparison.Ordinal)
                .Replace("{podName}", Environment.MachineName, StringComparison.Ordinal)
                .Replace("{uuid}", Guid.CreateVersion7(host.Time.GetUtcNow()).ToString(), StringComparison.Ordinal);
}
