using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Invocation;

/// <summary>
/// Addresses of sidecars in other processes. Built from <c>spec.nameResolution</c>: component <c>static</c> lists
/// <c>app</c> or <c>app.namespace</c> → <c>host:port</c>; component <c>nameformat</c> has <c>format</c> with <c>{appid}</c>.
/// </summary>
internal sealed class NameResolver
{
    private readonly Dictionary<string, string> table;
    private readonly string? format;

    /// <exception cref="ResourceException">A component this runtime does not know.</exception>
    public NameResolver(ConfigurationResource configuration, IReadOnlyDictionary<string, string> hostTable)
    {
        var merged = new Dictionary<string, string>(hostTable, StringComparer.Ordinal);
        switch (configuration.NameResolution)
        {
            case null or { Component: "mdns" or "" }:
                break;
            case { Component: "static" } named:
                foreach (var (app, address) in named.Configuration)
                {
                    merged[app] = address;
                }

                break;
            case { Component: "nameformat" } named:
                format = named.Configuration.GetValueOrDefault("format")
                    ?? throw new ResourceException(configuration.Location, "spec.nameResolution.configuration.format is missing; nameformat needs it, for example \"{appid}:50002\"");
                break;
            case { } other:
                throw new ResourceException(configuration.Location, $"spec.nameResolution.component '{other.Component}' is not built in; known are static, nameformat and mdns (apps of this process only)");
        }

        table = merged;
    }

    /// <summary>host:port of the internal listener, or null.</summary>
    public string? Find(InvocationTarget target, string ownNamespace)
    {
        if (table.TryGetValue(target.ToString(), out var address)
            || (target.Namespace == ownNamespace && table.TryGetValue(target.AppId, out address)))
        {
            return address;
        }

        return format?.Replace("{appid}", target.AppId, StringComparison.Ordinal);
    }
}
