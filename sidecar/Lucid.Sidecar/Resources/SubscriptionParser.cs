namespace Lucid.Sidecar.Resources;

/// <summary>kind Subscription: v1alpha1 has one <c>route</c>, v2alpha1 <c>routes</c> with rules.</summary>
internal static class SubscriptionParser
{
    private const string Kind = "Subscription";

    public static Parsed<SubscriptionResource> Parse(YamlNode document, bool isV2) => FieldReader.Read(document, Kind, root =>
    {
        _ = (root.Take("apiVersion"), root.Take("kind"));
        var (name, @namespace) = ResourceMetadata.Read(root, required: false);
        var subscription = root.Object("spec", spec => Spec(spec, isV2)) ?? throw root.Error("spec", "is required");
        var resource = subscription with { Scopes = root.TextList("scopes"), Location = root.Location };
        return new Parsed<SubscriptionResource>(resource, name, @namespace, root.Location);
    });

    private static SubscriptionResource Spec(FieldReader spec, bool isV2)
    {
        var subscription = new SubscriptionResource(spec.RequiredText("pubsubname"), spec.RequiredText("topic"))
        {
            DeadLetterTopic = spec.Text("deadLetterTopic") is { Length: > 0 } topic ? topic : null,
            Metadata = spec.TextMap("metadata"),
            BulkSubscribe = spec.Object("bulkSubscribe", bulk => new BulkSubscribeSpec(
                bulk.Bool("enabled") ?? false,
                bulk.Int("maxMessagesCount", 1, 100_000) ?? 100,
                bulk.Int("maxAwaitDurationMs", 1, 3_600_000) ?? 1000)),
        };
        if (!isV2)
        {
            return subscription with { DefaultRoute = spec.RequiredText("route") };
        }

        return spec.Object("routes", routes =>
        {
            var routed = subscription with
            {
                Rules = routes.Objects("rules", rule => new SubscriptionRule(rule.Text("match") ?? "", rule.RequiredText("path"))),
                DefaultRoute = routes.Text("default") is { Length: > 0 } route ? route : null,
            };
            return routed.Rules.Count > 0 || routed.DefaultRoute is not null ? routed : throw routes.Error("default", "is required when there are no rules");
        }) ?? throw spec.Error("routes", "is required");
    }
}
