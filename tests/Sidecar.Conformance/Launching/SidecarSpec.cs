namespace Lucid.Sidecar.Conformance.Launching;

/// <summary>What a test asks of a sidecar. Ports are fixed beforehand, because daprd cannot choose them itself.</summary>
public sealed record SidecarSpec(string AppId)
{
    /// <summary>0: the sidecar has no app.</summary>
    public int AppPort { get; init; }

    public string AppProtocol { get; init; } = "http";
    public int HttpPort { get; init; } = FreePorts.Take();
    public int GrpcPort { get; init; } = FreePorts.Take();
    public int MetricsPort { get; init; } = FreePorts.Take();
    public int InternalGrpcPort { get; init; } = FreePorts.Take();

    /// <summary>Folder with component, subscription and resiliency YAML; null: none.</summary>
    public string? Resources { get; init; }

    /// <summary>Configuration YAML; null: none.</summary>
    public string? Configuration { get; init; }

    /// <summary><c>NAMESPACE</c>, <c>DAPR_API_TOKEN</c>, <c>APP_API_TOKEN</c> and what components refer to.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    /// <summary>Further flags in daprd's spelling.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    public Uri Http => new($"http://127.0.0.1:{HttpPort}");
    public Uri Grpc => new($"http://127.0.0.1:{GrpcPort}");
    public Uri Metrics => new($"http://127.0.0.1:{MetricsPort}/metrics");

    /// <summary>daprd's command line for this sidecar.</summary>
    public IReadOnlyList<string> Arguments()
    {
        List<string> arguments =
        [
            "--app-id", AppId,
            "--app-protocol", AppProtocol,
            "--dapr-http-port", $"{HttpPort}",
            "--dapr-grpc-port", $"{GrpcPort}",
            "--dapr-internal-grpc-port", $"{InternalGrpcPort}",
            "--metrics-port", $"{MetricsPort}",
            "--dapr-listen-addresses", "127.0.0.1",
            "--log-level", "warn",
        ];
        if (AppPort > 0)
        {
            arguments.AddRange(["--app-port", $"{AppPort}"]);
        }

        if (Resources is not null)
        {
            arguments.AddRange(["--resources-path", Resources]);
        }

        if (Configuration is not null)
        {
            arguments.AddRange(["--config", Configuration]);
        }

        return [.. arguments, .. Flags];
    }
}
