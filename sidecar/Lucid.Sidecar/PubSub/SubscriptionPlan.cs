using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.PubSub;

/// <summary>A subscription that can be started: its component found, its rules compiled, its topic allowed.</summary>
internal sealed record SubscriptionPlan(PubSubComponent Component, SubscriptionResource Resource, SubscriptionRoutes Routes, bool RawPayload)
{
    public string PubSubName => Component.Name;

    public string Topic => Resource.Topic;

    public string? DeadLetterTopic => string.IsNullOrEmpty(Resource.DeadLetterTopic) ? null : Resource.DeadLetterTopic;
}
