using System.Text.Json;
using Lucid.Sidecar.PubSub.Cel;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.PubSub;

/// <summary>The rules of a subscription, compiled; the first that is true decides.</summary>
internal sealed class SubscriptionRoutes
{
    private readonly IReadOnlyList<(CelExpression? Match, string Path)> rules;

    private SubscriptionRoutes(IReadOnlyList<(CelExpression? Match, string Path)> rules) => this.rules = rules;

    public bool IsEmpty => rules.Count == 0;

    /// <exception cref="CelException">A rule cannot be used.</exception>
    public static SubscriptionRoutes Compile(SubscriptionResource subscription)
    {
        List<(CelExpression?, string)> rules = [];
        foreach (var rule in subscription.Rules)
        {
            rules.Add((string.IsNullOrWhiteSpace(rule.Match) ? null : CelExpression.Compile(rule.Match.Trim()), Rooted(rule.Path)));
        }

        if (subscription.DefaultRoute is { Length: > 0 } route)
        {
            rules.Add((null, Rooted(route)));
        }

        return new SubscriptionRoutes(rules);
    }

    /// <summary>The path, or null when no rule is true.</summary>
    /// <exception cref="RoutingException">A rule failed or is not boolean.</exception>
    public string? Find(JsonElement cloudEvent)
    {
        foreach (var (match, path) in rules)
        {
            if (match is null)
            {
                return path;
            }

            if (match.Evaluate(cloudEvent, out var problem) is not { } isTrue)
            {
                throw new RoutingException(problem!);
            }

            if (isTrue)
            {
                return path;
            }
        }

        return null;
    }

    private static string Rooted(string path) => path.StartsWith('/') ? path : "/" + path;
}
