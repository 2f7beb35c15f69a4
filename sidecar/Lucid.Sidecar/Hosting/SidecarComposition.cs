using Lucid.Sidecar.Actors;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Grpc;
using Lucid.Sidecar.Health;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Locks;
using Lucid.Sidecar.Metadata;
using Lucid.Sidecar.PubSub;
using Lucid.Sidecar.PubSub.Broker;
using Lucid.Sidecar.PubSub.InMemory;
using Lucid.Sidecar.PubSub.RedisStreams;
using Lucid.Sidecar.Resiliency;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Secrets;
using Lucid.Sidecar.State;
using Lucid.Sidecar.State.InMemory;
using Lucid.Sidecar.State.Sqlite;
using Prometheus;

namespace Lucid.Sidecar.Hosting;

/// <summary>The one place where the parts of a sidecar are put together; a new engine is wired here and nowhere else.</summary>
internal static class SidecarComposition
{
    public static IResiliency Resiliency(SidecarOptions options, ResourceSet resources, TimeProvider time, IMetricFactory metrics, ILoggerFactory loggers) =>
        new ResiliencyEngine(options, resources, time, metrics, loggers);

    /// <summary>Opens the components and makes the engines of one sidecar; nothing is started yet.</summary>
    /// <exception cref="ResourceException">A component cannot be used.</exception>
    public static async ValueTask<SidecarParts> ComposeAsync(SidecarContext context, InvocationEngine invocation, CancellationToken cancellationToken)
    {
        var components = await Registry(context.Loggers)
            .LoadAsync(context.Resources, context.ComponentHost, context.Options.BaseDirectory, context.Metrics, cancellationToken).ConfigureAwait(false);
        var secrets = new SecretEngine(context, components.SecretStores);
        var brokers = components.PubSubs.ToDictionary(
            entry => entry.Key, entry => PubSubComponent.Create(entry.Value.Definition, entry.Value.Instance, context.ComponentHost), StringComparer.Ordinal);
        var publisher = new PublishEngine(context, brokers);
        var subscriptions = new SubscriptionEngine(context, publisher, brokers);
        var outboxes = components.StateStores
            .Select(entry => (entry.Key, Outbox: Located(context, entry.Key, () => StateOutbox.Of(context, entry.Value, brokers, publisher))))
            .Where(entry => entry.Outbox is not null).ToDictionary(entry => entry.Key, entry => entry.Outbox!, StringComparer.Ordinal);
        var state = new StateEngine(context, components.StateStores, outboxes);
        var actors = new ActorEngine(
            context,
            components.StateStores.ToDictionary(entry => entry.Key, entry => entry.Value.Instance, StringComparer.Ordinal),
            await ActorDirectory.OfAsync(context.ComponentHost.Shared).ConfigureAwait(false));
        var locks = new LockEngine(context, components.LockStores);
        var metadata = new MetadataAdapter();
        var grpc = new DaprService(state, secrets)
        {
            Publish = new PublishAdapter(publisher, context.Resources.Configuration.Tracing),
            Actors = new ActorAdapter(actors),
            Invocation = new InvocationAdapter(invocation),
            Metadata = metadata,
            Locks = locks,
            Messages = new GrpcMessageMetrics(context),
        };
        var parts = new SidecarParts
        {
            Services = { services => DaprGrpcApi.AddServices(services, grpc, (int)Math.Min(context.Options.MaxBodySize, int.MaxValue)) },
            HttpRoutes =
            {
                routes => StateHttpApi.Map(routes, state),
                routes => SecretHttpApi.Map(routes, secrets),
                routes => PublishHttpApi.Map(routes, publisher),
                routes => ActorHttpApi.Map(routes, actors),
                routes => LockHttpApi.Map(routes, locks),
            },
            GrpcRoutes = { DaprGrpcApi.Map },
            WithApp =
            {
                // Actors first: a message may be answered by a call to one.
                new SidecarPart("actors", actors.StartAsync, actors.UnregisterAsync),
                new SidecarPart("subscriptions", subscriptions.StartAsync, subscriptions.StopAsync),
            },
            AppReplaced = { actors.NotifyAppRestarted },
            Owned = { components, actors, subscriptions },
            Metadata = Sources(components, subscriptions, actors),
            GrpcMetadata = metadata,
        };
        parts.BeforeListeners.AddRange(outboxes.Values.Select(outbox => new SidecarPart("outbox", outbox.StartAsync, outbox.StopAsync)));
        return parts;
    }

    /// <summary>A setting that only shows to be wrong beside other components is refused as the component's own.</summary>
    private static T Located<T>(SidecarContext context, string component, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (ComponentException fault)
        {
            throw new ResourceException(context.Resources.Components.First(resource => resource.Name == component).Location, $"component {component}: {fault.Message}");
        }
    }

    /// <summary>Endpoints that every sidecar has, whatever its components.</summary>
    public static void MapOwn(IEndpointRouteBuilder routes, SidecarContext context, HealthState health, MetadataEngine metadata, Action shutdown)
    {
        HealthHttpApi.Map(routes, health, context.Options.AppId);
        MetadataHttpApi.Map(routes, metadata);
        routes.MapPost("/v1.0/shutdown", http =>
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            http.Response.OnCompleted(() =>
            {
                shutdown();
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        UnbuiltApis.Map(routes);
    }

    /// <summary>The component types of this runtime.</summary>
    private static ComponentRegistry Registry(ILoggerFactory loggers) => new(
        [new LocalFileSecretStoreFactory(), new LocalEnvironmentSecretStoreFactory()],
        [new InMemoryStateStoreFactory(), new SqliteStateStoreFactory()],
        [new InMemoryPubSubFactory(), new LucidPubSubFactory(), new RedisPubSubFactory()],
        [new InMemoryLockStoreFactory()],
        loggers);

    private static MetadataSources Sources(ComponentSet components, SubscriptionEngine subscriptions, ActorEngine actors) => new()
    {
        Components = () => [.. components.Definitions.Select(definition => new LoadedComponent(definition.Name, definition.Type, definition.Version, Capabilities(definition.Type)))],
        Subscriptions = () =>
        [
            .. subscriptions.Active.Select(active => new Metadata.ActiveSubscription(
                active.Subscription.PubSubName,
                active.Subscription.Topic,
                active.Subscription.Metadata,
                [
                    .. active.Subscription.Rules.Select(rule => (rule.Match, rule.Path)),
                    .. active.Subscription.DefaultRoute is { } route ? [("", route)] : Array.Empty<(string, string)>(),
                ],
                active.Subscription.DeadLetterTopic,
                active.IsDeclarative ? "DECLARATIVE" : "PROGRAMMATIC")),
        ],
        ActiveActors = () =>
        {
            var active = actors.ActiveActors();
            return [.. actors.HostedTypes.Select(type => new ActiveActors(type, active.GetValueOrDefault(type)))];
        },
    };

    private static string[] Capabilities(string type) => type switch
    {
        "state.in-memory" or "state.sqlite" => ["ETAG", "TRANSACTIONAL", "TTL", "DELETE_WITH_PREFIX", "ACTOR"],
        "pubsub.in-memory" => ["SUBSCRIBE_WILDCARDS"],
        _ => [],
    };
}
