using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.PubSub;

/// <summary>
/// Who may use which topic of a component, decided as daprd does: outside a non-empty <c>allowedTopics</c> nobody; a topic of
/// <c>protectedTopics</c> only apps whose scope names it; an app with a scope only the topics of that scope; everybody else everything.
/// </summary>
public sealed class TopicRules
{
    /// <summary>Metadata fields of every pub/sub component; factories add them to their own.</summary>
    public static IReadOnlyList<string> Fields { get; } = ["allowedTopics", "protectedTopics", "publishingScopes", "subscriptionScopes", "consumerID"];

    private readonly HashSet<string> allowed;
    private readonly HashSet<string> guarded;
    private readonly HashSet<string>? publishing;
    private readonly HashSet<string>? subscribing;

    private TopicRules(HashSet<string> allowed, HashSet<string> guarded, HashSet<string>? publishing, HashSet<string>? subscribing)
    {
        this.allowed = allowed;
        this.guarded = guarded;
        this.publishing = publishing;
        this.subscribing = subscribing;
    }

    public static TopicRules Read(ComponentDefinition definition, string appId) => new(
        Topics(definition["allowedTopics"]),
        Topics(definition["protectedTopics"]),
        Scope(definition["publishingScopes"], appId),
        Scope(definition["subscriptionScopes"], appId));

    public bool MayPublish(string topic) => IsAllowed(topic, publishing);

    public bool MaySubscribe(string topic) => IsAllowed(topic, subscribing);

    private bool IsAllowed(string topic, HashSet<string>? scope)
    {
        if (allowed.Count > 0 && !allowed.Contains(topic))
        {
            return false;
        }

        return scope is null ? !guarded.Contains(topic) : scope.Contains(topic);
    }

    private static HashSet<string> Topics(string? list) =>
        [.. (list ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    /// <summary>The topics of one app in <c>app1=t1,t2;app2=t3</c>; null when the app is not listed.</summary>
    private static HashSet<string>? Scope(string? scopes, string appId)
    {
        foreach (var entry in (scopes ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var separator = entry.IndexOf('=', StringComparison.Ordinal);
            if (separator > 0 && entry.AsSpan(0, separator).Trim().Equals(appId, StringComparison.Ordinal))
            {
                return Topics(entry[(separator + 1)..]);
            }
        }

        return null;
    }
}
