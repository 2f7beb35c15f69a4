using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.PubSub;

/// <summary>A subscription as <c>/v1.0/metadata</c> shows it.</summary>
/// <param name="IsDeclarative">From a resource file; otherwise from the app's <c>/dapr/subscribe</c>.</param>
public sealed record ActiveSubscription(SubscriptionResource Subscription, bool IsDeclarative);
