namespace Lucid.Sidecar.Resources;

/// <summary>Everything read from the resource folders and the configuration files of one app, before scopes are applied.</summary>
public sealed record ResourceSet(
    IReadOnlyList<ComponentResource> Components,
    IReadOnlyList<SubscriptionResource> Subscriptions,
    IReadOnlyList<ResiliencyResource> Resiliency,
    ConfigurationResource Configuration)
{
    public static ResourceSet Empty { get; } =
        new([], [], [], new ConfigurationResource("default", new SourceLocation("(built in)", 1)));
}
