namespace Lucid.Sidecar.Resources;

/// <summary>kind Subscription (v1alpha1 and v2alpha1), or one item of an app's <c>/dapr/subscribe</c>.</summary>
public sealed record SubscriptionResource(string PubSubName, string Topic)
{
    public IReadOnlyList<SubscriptionRule> Rules { get; init; } = [];

    /// <summary>Route when no rule matches; null: such messages are dropped.</summary>
    public string? DefaultRoute { get; init; }

    public string? DeadLetterTopic { get; init; }
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
    public BulkSubscribeSpec? BulkSubscribe { get; init; }
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary>Null for programmatic subscriptions.</summary>
    public SourceLocation? Location { get; init; }
}

/// <param name="Match">A CEL expression over <c>event</c>; empty matches always.</param>
public sealed record SubscriptionRule(string Match, string Path);

public sealed record BulkSubscribeSpec(bool Enabled, int MaxMessagesCount = 100, int MaxAwaitDurationMs = 1000);
