namespace Lucid.Sidecar.Runtime;

/// <summary>One sidecar's settings: daprd's flags and the environment variables daprd reads.</summary>
public sealed record SidecarOptions
{
    public required string AppId { get; init; }

    /// <summary>Environment <c>NAMESPACE</c>.</summary>
    public string Namespace { get; init; } = "default";

    /// <summary>0: the sidecar has no app.</summary>
    public int AppPort { get; init; }

    /// <summary>http, https, h2c, grpc or grpcs.</summary>
    public string AppProtocol { get; init; } = "http";

    public string AppChannelAddress { get; init; } = "127.0.0.1";

    /// <summary>-1: unlimited.</summary>
    public int AppMaxConcurrency { get; init; } = -1;

    public int HttpPort { get; init; } = 3500;
    public int GrpcPort { get; init; } = 50001;

    /// <summary>Null: no internal listener (all callees live in this process).</summary>
    public int? InternalGrpcPort { get; init; }

    public int MetricsPort { get; init; } = 9090;
    public IReadOnlyList<string> ListenAddresses { get; init; } = ["127.0.0.1"];

    /// <summary>Bytes; daprd's default is 4 MiB.</summary>
    public long MaxBodySize { get; init; } = 4 << 20;

    public int ReadBufferSize { get; init; } = 4 << 10;

    /// <summary>Environment <c>DAPR_API_TOKEN</c>: what a client of this sidecar must present. Null: none.</summary>
    public string? ApiToken { get; init; }

    /// <summary>Environment <c>APP_API_TOKEN</c>: what the sidecar presents to its app. Null: none.</summary>
    public string? AppApiToken { get; init; }

    public bool EnableAppHealthCheck { get; init; }
    public string AppHealthCheckPath { get; init; } = "/healthz";
    public TimeSpan AppHealthProbeInterval { get; init; } = TimeSpan.FromSeconds(5);
    public TimeSpan AppHealthProbeTimeout { get; init; } = TimeSpan.FromMilliseconds(500);
    public int AppHealthThreshold { get; init; } = 3;
    public TimeSpan GracefulShutdown { get; init; } = TimeSpan.FromSeconds(5);
    public IReadOnlySet<string> DisabledInitEndpoints { get; init; } = new HashSet<string>();
    public bool LogAsJson { get; init; }

    /// <summary>Folder that relative paths in component metadata start from: the run file's, or the working directory.</summary>
    public string BaseDirectory { get; init; } = Environment.CurrentDirectory;
}
