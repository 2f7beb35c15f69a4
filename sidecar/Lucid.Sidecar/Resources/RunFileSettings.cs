using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Resources;

/// <summary>The fields that may stand under <c>common</c> and in each app of a run file; null: not given.</summary>
internal sealed record RunFileSettings
{
    private static readonly string[] MintedHere = ["DAPR_API_TOKEN", "APP_API_TOKEN"];

    public IReadOnlyList<string> ResourcePaths { get; init; } = [];
    public string? ConfigFile { get; init; }
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();
    public LogDestination? AppLog { get; init; }
    public string? AppProtocol { get; init; }
    public IReadOnlyList<string>? ListenAddresses { get; init; }
    public int? AppMaxConcurrency { get; init; }
    public long? MaxBodySize { get; init; }
    public long? ReadBufferSize { get; init; }
    public bool? AppHealthCheck { get; init; }
    public string? AppHealthPath { get; init; }
    public int? AppHealthIntervalSeconds { get; init; }
    public int? AppHealthTimeoutMilliseconds { get; init; }
    public int? AppHealthThreshold { get; init; }

    public static RunFileSettings Read(FieldReader fields, params string[] folders)
    {
        // For the Dapr CLI and daprd alone: checked, without effect here.
        _ = (fields.Bool("enableProfiling"), fields.Text("logLevel"), fields.Bool("enableApiLogging"), fields.Text("runtimePath"));
        _ = (fields.AnyScalar("placementHostAddress"), fields.AnyScalar("schedulerHostAddress"), Destination(fields, "daprdLogDestination"));

        var protocol = fields.Choice("appProtocol", "http", "https", "h2c", "grpc", "grpcs");
        var paths = fields.TextList("resourcesPaths").ToList();
        if (fields.Text("resourcesPath") is { Length: > 0 } single)
        {
            paths.Add(single);
        }

        var environment = fields.AnyScalarMap("env");
        if (environment.Keys.FirstOrDefault(MintedHere.Contains) is { } token)
        {
            throw fields.Error("env", $"must not hold {token}: tokens are minted at each start and no run file holds one");
        }

        return new RunFileSettings
        {
            ResourcePaths = paths.Select(path => Existing(fields, "resourcesPaths", path, folders)).ToList(),
            ConfigFile = fields.Text("configFilePath") is { Length: > 0 } config ? Existing(fields, "configFilePath", config, folders) : null,
            Environment = environment,
            AppLog = Destination(fields, "appLogDestination"),
            AppProtocol = fields.Bool("appSSL") is true && protocol is null or "http" or "grpc" ? $"{protocol ?? "http"}s" : protocol,
            ListenAddresses = fields.Text("apiListenAddresses")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
            AppMaxConcurrency = fields.Int("appMaxConcurrency", -1, 1_000_000),
            MaxBodySize = fields.Bytes("maxBodySize"),
            ReadBufferSize = fields.Bytes("readBufferSize"),
            AppHealthCheck = fields.Bool("enableAppHealthCheck"),
            AppHealthPath = fields.Text("appHealthCheckPath"),
            AppHealthIntervalSeconds = fields.Int("appHealthProbeInterval", 0, 86_400),
            AppHealthTimeoutMilliseconds = fields.Int("appHealthProbeTimeout", 0, 3_600_000),
            AppHealthThreshold = fields.Int("appHealthThreshold", 0, 1_000),
        };
    }

    /// <summary>An app's settings over the common ones; variables are merged, everything else is replaced.</summary>
    public RunFileSettings Over(RunFileSettings common)
    {
        var environment = common.Environment.ToDictionary(StringComparer.Ordinal);
        foreach (var (name, value) in Environment)
        {
            environment[name] = value;
        }

        return new RunFileSettings
        {
            ResourcePaths = ResourcePaths.Count > 0 ? ResourcePaths : common.ResourcePaths,
            ConfigFile = ConfigFile ?? common.ConfigFile,
            Environment = environment,
            AppLog = AppLog ?? common.AppLog,
            AppProtocol = AppProtocol ?? common.AppProtocol,
            ListenAddresses = ListenAddresses ?? common.ListenAddresses,
            AppMaxConcurrency = AppMaxConcurrency ?? common.AppMaxConcurrency,
            MaxBodySize = MaxBodySize ?? common.MaxBodySize,
            ReadBufferSize = ReadBufferSize ?? common.ReadBufferSize,
            AppHealthCheck = AppHealthCheck ?? common.AppHealthCheck,
            AppHealthPath = AppHealthPath ?? common.AppHealthPath,
            AppHealthIntervalSeconds = AppHealthIntervalSeconds ?? common.AppHealthIntervalSeconds,
            AppHealthTimeoutMilliseconds = AppHealthTimeoutMilliseconds ?? common.AppHealthTimeoutMilliseconds,
            AppHealthThreshold = AppHealthThreshold ?? common.AppHealthThreshold,
        };
    }

    /// <summary>A number of 0 means the default, as it does for the CLI.</summary>
    public SidecarOptions Apply(SidecarOptions options) => options with
    {
        AppProtocol = AppProtocol ?? options.AppProtocol,
        ListenAddresses = ListenAddresses ?? options.ListenAddresses,
        AppMaxConcurrency = AppMaxConcurrency is { } concurrency and > 0 ? concurrency : options.AppMaxConcurrency,
        MaxBodySize = MaxBodySize ?? options.MaxBodySize,
        ReadBufferSize = ReadBufferSize is { } buffer ? (int)Math.Min(buffer, int.MaxValue) : options.ReadBufferSize,
        EnableAppHealthCheck = AppHealthCheck ?? options.EnableAppHealthCheck,
        AppHealthCheckPath = AppHealthPath ?? options.AppHealthCheckPath,
        AppHealthProbeInterval = AppHealthIntervalSeconds is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : options.AppHealthProbeInterval,
        AppHealthProbeTimeout = AppHealthTimeoutMilliseconds is { } milliseconds and > 0 ? TimeSpan.FromMilliseconds(milliseconds) : options.AppHealthProbeTimeout,
        AppHealthThreshold = AppHealthThreshold is { } threshold and > 0 ? threshold : options.AppHealthThreshold,
    };

    /// <summary>The absolute path of a file or folder that must exist; relative to the first of <paramref name="folders"/> that has it.</summary>
    public static string Existing(FieldReader fields, string field, string path, params ReadOnlySpan<string> folders)
    {
        foreach (var folder in folders)
        {
            var full = Path.GetFullPath(path, folder);
            if (File.Exists(full) || Directory.Exists(full))
            {
                return full;
            }
        }

        throw fields.Error(field, $"names '{path}', which is not found in {string.Join(" nor in ", folders!)}");
    }

    private static LogDestination? Destination(FieldReader fields, string name) => fields.Choice(name, "console", "file", "fileAndConsole") switch
    {
        null => null,
        "console" => LogDestination.Console,
        "file" => LogDestination.File,
        _ => LogDestination.FileAndConsole,
    };
}
