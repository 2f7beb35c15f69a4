namespace Lucid.Sidecar.Resources;

/// <summary>kind Component, as written.</summary>
public sealed record ComponentResource(string Name, string? Namespace, string Type, string Version, SourceLocation Location)
{
    public IReadOnlyList<ComponentMetadata> Metadata { get; init; } = [];

    /// <summary>App-ids that may use the component; empty: every app.</summary>
    public IReadOnlyList<string> Scopes { get; init; } = [];

    /// <summary><c>auth.secretStore</c>: where <c>secretKeyRef</c> looks.</summary>
    public string? SecretStore { get; init; }

    public bool IgnoreErrors { get; init; }
    public TimeSpan? InitTimeout { get; init; }
}

/// <summary>One <c>spec.metadata</c> item: exactly one of value, secretKeyRef and envRef.</summary>
public sealed record ComponentMetadata(string Name, SourceLocation Location)
{
    public string? Value { get; init; }
    public SecretKeyReference? SecretKeyRef { get; init; }
    public string? EnvRef { get; init; }
}

/// <param name="Key">Defaults to <paramref name="Name"/>.</param>
public sealed record SecretKeyReference(string Name, string Key);
