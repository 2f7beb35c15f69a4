using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Actors;

/// <summary>The one state store marked <c>actorStateStore</c>, under its outbound policy. Keys begin with the app id whatever its keyPrefix says.</summary>
internal sealed class ActorStore(string name, IStateStore store, SidecarContext context)
{
    private readonly IPolicy policy = context.Resiliency.ForComponentOutbound(name);

    /// <summary>The store of an app, or null when none is marked.</summary>
    /// <exception cref="InvalidOperationException">Two are marked, or the one that is has no transactions.</exception>
    public static ActorStore? Find(SidecarContext context, IReadOnlyDictionary<string, IStateStore> stores)
    {
        var marked = context.Resources.Components
            .Where(component => component.Type.StartsWith("state.", StringComparison.Ordinal)
                && stores.ContainsKey(component.Name)
                && (component.Scopes.Count == 0 || component.Scopes.Contains(context.Options.AppId))
                && (component.Namespace is null || component.Namespace == context.Options.Namespace)
                && IsMarked(component))
            .ToArray();
        return marked switch
        {
            [] => null,
            [var one] when stores[one.Name].IsTransactional => new ActorStore(one.Name, stores[one.Name], context),
            [var one] => throw new InvalidOperationException($"{one.Location}: state store {one.Name} is marked actorStateStore but has no transactions"),
            [var one, var two, ..] => throw new InvalidOperationException($"{two.Location}: state stores {one.Name} and {two.Name} are both marked actorStateStore"),
        };
    }

    public Task<StateValue?> GetAsync(string key, CancellationToken cancellationToken) =>
        policy.ExecuteAsync(attempt => store.GetAsync(key, attempt).AsTask(), static _ => AttemptOutcome.Success, cancellationToken);

    public Task TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) =>
        policy.ExecuteAsync(
            async attempt =>
            {
                await store.TransactAsync(operations, attempt);
                return true;
            },
            static _ => AttemptOutcome.Success,
            cancellationToken);

    private static bool IsMarked(ComponentResource component) => component.Metadata.Any(item =>
        string.Equals(item.Name, "actorStateStore", StringComparison.OrdinalIgnoreCase)
        && string.Equals(item.Value, "true", StringComparison.OrdinalIgnoreCase));
}
