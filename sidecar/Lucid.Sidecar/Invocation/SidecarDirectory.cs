using System.Collections.Concurrent;

namespace Lucid.Sidecar.Invocation;

/// <summary>The sidecars of this process by app id and namespace.</summary>
internal sealed class SidecarDirectory
{
    private readonly ConcurrentDictionary<InvocationTarget, InvocationCallee> callees = new();

    /// <exception cref="InvalidOperationException">The app has a running sidecar already.</exception>
    public void Add(InvocationCallee callee)
    {
        if (!callees.TryAdd(callee.Id, callee))
        {
            throw new InvalidOperationException($"app {callee.Id.AppId} of namespace {callee.Id.Namespace} already runs in this process");
        }
    }

    public void Remove(InvocationCallee callee) =>
        callees.TryRemove(KeyValuePair.Create(callee.Id, callee));

    public InvocationCallee? Find(InvocationTarget target) => callees.GetValueOrDefault(target);
}
