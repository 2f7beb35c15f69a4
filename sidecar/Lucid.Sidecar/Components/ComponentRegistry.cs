using Lucid.Sidecar.Resources;
using Lucid.Sidecar.State;
using Prometheus;

namespace Lucid.Sidecar.Components;

/// <summary>
/// The component types of this runtime, and the loading of one app's components: those in its scope and namespace that the
/// configuration does not deny, secret stores first, in the order of the files otherwise.
/// </summary>
public sealed partial class ComponentRegistry
{
    private static readonly TimeSpan DefaultInitTimeout = TimeSpan.FromSeconds(5);
    private readonly Dictionary<string, Loader> loaders = new(StringComparer.Ordinal);
    private readonly ILogger<ComponentRegistry> logger;

    public ComponentRegistry(
        IEnumerable<IComponentFactory<ISecretStore>> secretStores,
        IEnumerable<IComponentFactory<IStateStore>> stateStores,
        IEnumerable<IComponentFactory<IPubSub>> pubSubs,
        IEnumerable<IComponentFactory<ILockStore>> lockStores,
        ILoggerFactory loggers)
    {
        logger = loggers.CreateLogger<ComponentRegistry>();
        Register(secretStores, []);
        Register(stateStores, [KeyPrefix.Field, "actorStateStore", .. StateOutbox.Fields]);
        Register(pubSubs, ["publishingScopes", "subscriptionScopes", "allowedTopics", "protectedTopics", "consumerID"]);
        Register(lockStores, [KeyPrefix.Field]);
    }

    private delegate Task Loader(ComponentSet set, ComponentResource resource, MetadataResolver resolver, ComponentHost host, string folder, CancellationToken cancellationToken);

    /// <summary>The types that can be named in <c>spec.type</c>.</summary>
    public IReadOnlyCollection<string> Types => loaders.Keys;

    /// <param name="baseDirectory">Relative paths in metadata start here.</param>
    /// <exception cref="ResourceException">A component cannot be opened and does not set <c>ignoreErrors</c>; everything opened before is closed again.</exception>
    public async Task<ComponentSet> LoadAsync(
        ResourceSet resources, ComponentHost host, string baseDirectory, IMetricFactory metrics, CancellationToken cancellationToken)
    {
        var counters = new ComponentMetrics(metrics, host.AppId);
        var set = new ComponentSet();
        try
        {
            foreach (var resource in InOrder(resources, host))
            {
                await LoadAsync(set, resource, host, baseDirectory, counters, cancellationToken).ConfigureAwait(false);
            }
        }
        catch
        {
            await set.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return set;
    }

    private static IEnumerable<ComponentResource> InOrder(ResourceSet resources, ComponentHost host)
    {
        var denied = resources.Configuration.DeniedComponents;
        var visible = resources.Components
            .Where(component => component.Scopes.Count == 0 || component.Scopes.Contains(host.AppId))
            .Where(component => component.Namespace is not { Length: > 0 } ns || ns == host.Namespace)
            .Where(component => !denied.Any(entry => IsDenied(entry, component)))
            .ToList();
        var names = new Dictionary<string, ComponentResource>(StringComparer.Ordinal);
        foreach (var component in visible)
        {
            if (!names.TryAdd(component.Name, component))
            {
                throw new ResourceException(component.Location, $"component {component.Name} is defined already at {names[component.Name].Location}");
            }
        }

        // A secret store may take a setting from another one, so those without references open first.
        return visible
            .OrderBy(component => !component.Type.StartsWith("secretstores.", StringComparison.Ordinal))
            .ThenBy(component => component.Metadata.Any(item => item.SecretKeyRef is not null));
    }

    /// <summary>An entry is a type, or a type and version: <c>state.redis/v1</c>.</summary>
    private static bool IsDenied(string entry, ComponentResource component) =>
        entry.Equals(component.Type, StringComparison.OrdinalIgnoreCase)
        || entry.Equals($"{component.Type}/{component.Version}", StringComparison.OrdinalIgnoreCase);

    private async Task LoadAsync(
        ComponentSet set, ComponentResource resource, ComponentHost host, string baseDirectory, ComponentMetrics counters, CancellationToken cancellationToken)
    {
        try
        {
            await OpenAsync(set, resource, host, baseDirectory, cancellationToken).ConfigureAwait(false);
            counters.Opened(resource.Type);
        }
        catch (ResourceException failure)
        {
            counters.Failed(resource.Type, resource.Name);
            if (!resource.IgnoreErrors)
            {
                throw;
            }

            LogIgnored(resource.Name, failure.Message);
        }
    }

    private async Task OpenAsync(
        ComponentSet set, ComponentResource resource, ComponentHost host, string baseDirectory, CancellationToken cancellationToken)
    {
        if (!loaders.TryGetValue(resource.Type, out var load))
        {
            throw new ResourceException(
                resource.Location,
                $"component {resource.Name}, spec.type: the embedded runtime has no {resource.Type}; known: {string.Join(", ", loaders.Keys.Order(StringComparer.Ordinal))}");
        }

        if (resource.Version is not ("" or "v0" or "v1"))
        {
            throw new ResourceException(resource.Location, $"component {resource.Name}, spec.version: {resource.Type} has no version {resource.Version}; known: v1");
        }

        var limit = resource.InitTimeout ?? DefaultInitTimeout;
        try
        {
            await load(set, resource, new MetadataResolver(host, set.SecretStores), host, baseDirectory, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException timeout)
        {
            throw new ResourceException(resource.Location, $"component {resource.Name}: not open after {limit.TotalSeconds:0.###} s (spec.initTimeout); {timeout.Message}");
        }
        catch (Exception failure) when (failure is not (ResourceException or OperationCanceledException))
        {
            throw new ResourceException(LocationOf(resource, failure), $"component {resource.Name}: {failure.Message}");
        }
    }

    /// <summary>The line of the field that the message names first, else that of the component.</summary>
    private static SourceLocation LocationOf(ComponentResource resource, Exception failure) =>
        resource.Metadata.FirstOrDefault(item => failure.Message.StartsWith($"field {item.Name}:", StringComparison.OrdinalIgnoreCase))?.Location
        ?? resource.Location;

    private void Register<T>(IEnumerable<IComponentFactory<T>> factories, string[] common) where T : IAsyncDisposable
    {
        foreach (var factory in factories)
        {
            var fields = new HashSet<string>([.. factory.Fields, .. common], StringComparer.OrdinalIgnoreCase);
            loaders.Add(factory.Type, async (set, resource, resolver, host, folder, cancellationToken) =>
            {
                var metadata = await resolver.ResolveAsync(resource, fields, cancellationToken).ConfigureAwait(false);
                var definition = new ComponentDefinition(
                    resource.Name, resource.Type, resource.Version, metadata, folder, resource.Location.ToString());
                var opening = factory.CreateAsync(definition, host, cancellationToken).AsTask();
                try
                {
                    set.Add(definition, await opening.WaitAsync(resource.InitTimeout ?? DefaultInitTimeout, host.Time, cancellationToken).ConfigureAwait(false));
                }
                catch (Exception given) when (given is TimeoutException or OperationCanceledException && !opening.IsFaulted)
                {
                    _ = CloseLaterAsync(opening);
                    throw;
                }
            });
        }
    }

    /// <summary>A component that opens after its time was up is closed again.</summary>
    private async Task CloseLaterAsync<T>(Task<T> opening) where T : IAsyncDisposable
    {
        try
        {
            await (await opening.ConfigureAwait(false)).DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            LogClosedLate(failure);
        }
    }
}
