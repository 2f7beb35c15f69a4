namespace Lucid.Sidecar.Resiliency;

/// <summary>Policies with breakers of their own, one for each key; the longest unused is forgotten when there are too many.</summary>
internal sealed class PolicyCache(int capacity)
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, TargetPolicy Policy)>> nodes = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, TargetPolicy Policy)> byUse = new();

    public TargetPolicy GetOrAdd(string key, Func<TargetPolicy> make)
    {
        lock (gate)
        {
            if (nodes.TryGetValue(key, out var node))
            {
                byUse.Remove(node);
                byUse.AddFirst(node);
                return node.Value.Policy;
            }

            if (nodes.Count >= capacity)
            {
                nodes.Remove(byUse.Last!.Value.Key);
                byUse.RemoveLast();
            }

            nodes[key] = node = byUse.AddFirst((key, make()));
            return node.Value.Policy;
        }
    }
}
