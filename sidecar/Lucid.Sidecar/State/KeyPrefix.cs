using Lucid.Sidecar.Components;

namespace Lucid.Sidecar.State;

/// <summary>How an app's keys become keys of a component: metadata <c>keyPrefix</c> (contract §4.1). Not a border between apps.</summary>
public sealed class KeyPrefix
{
    public const string Field = "keyPrefix";
    private const string Separator = "||";
    private readonly string prefix;

    private KeyPrefix(string prefix) => this.prefix = prefix;

    /// <summary>Reads the strategy. The value is compared, and a literal prefix used, in lower case, as daprd does.</summary>
    /// <exception cref="ComponentException">The literal prefix contains <c>||</c>.</exception>
    public static KeyPrefix Of(ComponentDefinition definition, string appId, string @namespace)
    {
        var strategy = (definition[Field] ?? "").ToLowerInvariant();
        if (strategy.Contains(Separator, StringComparison.Ordinal))
        {
            throw new ComponentException($"field {Field}: a prefix cannot contain {Separator}");
        }

        return new KeyPrefix(strategy switch
        {
            "" or "appid" => appId + Separator,
            "name" => definition.Name + Separator,
            "namespace" when @namespace.Length > 0 => $"{@namespace}.{appId}{Separator}",
            "namespace" => appId + Separator,
            "none" => "",
            _ => strategy + Separator,
        });
    }

    /// <summary>The stored key.</summary>
    /// <exception cref="Runtime.DaprApiException">The key is empty or contains <c>||</c>.</exception>
    public string Apply(string key)
    {
        if (key.Length == 0)
        {
            throw StateErrors.EmptyKey();
        }

        return key.Contains(Separator, StringComparison.Ordinal) ? throw StateErrors.IllegalKey(key) : prefix + key;
    }
}
