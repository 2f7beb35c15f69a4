using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Components;

/// <summary>Metadata as written → metadata as the component sees it: references resolved, placeholders filled in.</summary>
internal sealed class MetadataResolver(ComponentHost host, IReadOnlyDictionary<string, LoadedComponent<ISecretStore>> secretStores)
{
    /// <param name="fields">What the type understands; anything else is refused.</param>
    /// <exception cref="ResourceException">A field is unknown or given twice, or its reference leads nowhere.</exception>
    public async Task<IReadOnlyDictionary<string, string>> ResolveAsync(
        ComponentResource resource, IReadOnlySet<string> fields, CancellationToken cancellationToken)
    {
        var resolved = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var item in resource.Metadata)
        {
            if (!fields.Contains(item.Name))
            {
                throw Problem(resource, item, fields.Count == 0
                    ? $"{resource.Type} has no metadata fields"
                    : $"{resource.Type} has no such field; known: {string.Join(", ", fields.Order(StringComparer.OrdinalIgnoreCase))}");
            }

            var value = item switch
            {
                { SecretKeyRef: { } reference } => await SecretAsync(resource, item, reference, cancellationToken).ConfigureAwait(false),
                { EnvRef: { } variable } => Environment(resource, item, variable),
                _ => item.Value ?? "",
            };
            if (!resolved.TryAdd(item.Name, Fill(resource, item, value)))
            {
                throw Problem(resource, item, "the field is given twice");
            }
        }

        return resolved;
    }

    private async Task<string> SecretAsync(
        ComponentResource resource, ComponentMetadata item, SecretKeyReference reference, CancellationToken cancellationToken)
    {
        if (resource.SecretStore is not { Length: > 0 } name)
        {
            throw Problem(resource, item, "secretKeyRef needs auth.secretStore");
        }

        if (!secretStores.TryGetValue(name, out var store))
        {
            throw Problem(resource, item, $"the app has no secret store {name}");
        }

        var secret = await store.Instance.GetAsync(reference.Name, cancellationToken).ConfigureAwait(false);
        return secret?.GetValueOrDefault(reference.Key) is { } value
            ? value
            : throw Problem(resource, item, $"the secret store {name} has no secret {reference.Name} with key {reference.Key}");
    }

    private string Environment(ComponentResource resource, ComponentMetadata item, string variable)
    {
        if (!EnvironmentAccess.Allows(variable))
        {
            throw Problem(resource, item, $"the variable {variable} must not be read by a component");
        }

        return host.EnvironmentVariable(variable) ?? throw Problem(resource, item, $"the variable {variable} is not set");
    }

    private string Fill(ComponentResource resource, ComponentMetadata item, string value)
    {
        if (!value.Contains('{', StringComparison.Ordinal))
        {
            return value;
        }

        while (value.IndexOf("{uuid}", StringComparison.Ordinal) is >= 0 and var at)
        {
            value = $"{value[..at]}{Guid.CreateVersion7(host.Time.GetUtcNow())}{value[(at + "{uuid}".Length)..]}";
        }

        if (value.Contains("{podName}", StringComparison.Ordinal))
        {
            var pod = host.EnvironmentVariable("POD_NAME") ?? throw Problem(resource, item, "{podName} needs the variable POD_NAME");
            value = value.Replace("{podName}", pod, StringComparison.Ordinal);
        }

        // daprd's {namespace} names the app as well, so that it is unique to it.
        return value
            .Replace("{namespace}", $"{host.Namespace}.{host.AppId}", StringComparison.Ordinal)
            .Replace("{appID}", host.AppId, StringComparison.Ordinal);
    }

    private static ResourceException Problem(ComponentResource resource, ComponentMetadata item, string problem) =>
        new(item.Location, $"component {resource.Name}, field {item.Name}: {problem}");
}
