namespace Lucid.Sidecar.Resources;

/// <summary>kind Configuration.</summary>
public sealed record ConfigurationResource(string Name, SourceLocation Location)
{
    public AccessControlSpec? AccessControl { get; init; }
    public TracingSpec Tracing { get; init; } = new();
    public MetricsSpec Metrics { get; init; } = new();
    public IReadOnlyList<SecretScope> SecretScopes { get; init; } = [];
    public IReadOnlyList<ApiRule> ApiAllowed { get; init; } = [];
    public IReadOnlyList<ApiRule> ApiDenied { get; init; } = [];

    /// <summary>Component types that must not be loaded.</summary>
    public IReadOnlyList<string> DeniedComponents { get; init; } = [];

    /// <summary>Null: mutual authentication between sidecars as the host decides.</summary>
    public bool? MtlsEnabled { get; init; }

    /// <summary><c>spec.nameResolution</c>: component name and its configuration as text.</summary>
    public NameResolutionSpec? NameResolution { get; init; }
}

/// <summary>Access control as written; verbs, actions and names keep their spelling because the decision depends on it.</summary>
public sealed record AccessControlSpec(string? DefaultAction, string? TrustDomain, IReadOnlyList<AccessPolicy> Policies, SourceLocation Location);

public sealed record AccessPolicy(string? AppId, string? TrustDomain, string? Namespace, string? DefaultAction, IReadOnlyList<AccessOperation> Operations, SourceLocation Location);

public sealed record AccessOperation(string Name, IReadOnlyList<string> HttpVerbs, string? Action, SourceLocation Location);

/// <param name="SamplingRate">0..1; null: daprd's 0.0001. Tracing is off only when it is exactly 0.</param>
public sealed record TracingSpec(double? SamplingRate = null)
{
    /// <summary>Collector of OTLP; null: none.</summary>
    public OtlpSpec? Otlp { get; init; }

    /// <summary>Zipkin's URL for spans; null: none.</summary>
    public Uri? Zipkin { get; init; }

    /// <summary>Whether spans are written to the log.</summary>
    public bool Stdout { get; init; }
}

/// <param name="Endpoint">With scheme; of protocol http with the path, <c>/v1/traces</c> unless another was named.</param>
/// <param name="Protocol">http (protobuf) or grpc.</param>
public sealed record OtlpSpec(Uri Endpoint, string Protocol)
{
    /// <summary><c>name=value</c>, separated by commas.</summary>
    public string? Headers { get; init; }

    /// <summary>Of one batch; null: 10 s.</summary>
    public TimeSpan? Timeout { get; init; }
}

public sealed record MetricsSpec(bool Enabled = true, bool HighCardinality = false, bool RecordErrorCodes = false);

/// <param name="DefaultAccess">allow or deny.</param>
public sealed record SecretScope(string StoreName, string DefaultAccess, IReadOnlyList<string> AllowedSecrets, IReadOnlyList<string> DeniedSecrets);

/// <param name="Protocol">http or grpc.</param>
public sealed record ApiRule(string Name, string Version, string Protocol);

public sealed record NameResolutionSpec(string Component, IReadOnlyDictionary<string, string> Configuration);
