using System.Globalization;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Cli;

/// <summary>daprd's own command line: flags with one or two dashes, then, after <c>--</c>, the command of the app.</summary>
/// <param name="Warnings">Flags that were accepted and do nothing here.</param>
/// <param name="LucidFolder">Our own <c>--lucid-dir</c>: where the development authority lives; <c>.lucid</c> here unless named.</param>
internal sealed record DaprdFlags(
    AppPlan Plan, IReadOnlyList<string> Warnings, LogLevel LogLevel, bool MetricsEnabled, bool MutualAuthentication, string LucidFolder)
{
    private static readonly HashSet<string> Booleans = new(StringComparer.Ordinal)
    {
        "enable-api-logging", "enable-app-health-check", "enable-metrics", "enable-mtls", "enable-profiling", "log-as-json", "wait", "app-ssl",
        "disable-builtin-k8s-secret-store",
    };

    /// <summary>Flags of daprd that mean nothing on one machine without a control plane.</summary>
    private static readonly HashSet<string> WithoutEffect = new(StringComparer.Ordinal)
    {
        "placement-host-address", "scheduler-host-address", "sentry-address", "control-plane-trust-domain", "control-plane-namespace", "dapr-public-port",
        "dapr-internal-grpc-listen-address", "dapr-block-shutdown-duration", "enable-api-logging", "unix-domain-socket", "allowed-origins", "profile-port",
        "enable-profiling",
    };

    /// <param name="variable">Reads the environment: NAMESPACE, DAPR_API_TOKEN, APP_API_TOKEN.</param>
    /// <exception cref="UsageException">A flag cannot be obeyed.</exception>
    public static DaprdFlags Parse(IReadOnlyList<string> arguments, Func<string, string?> variable)
    {
        var separator = arguments.ToList().IndexOf("--");
        var flags = new Flags(separator < 0 ? arguments : arguments.Take(separator).ToList());
        IReadOnlyList<string> command = separator < 0 ? [] : arguments.Skip(separator + 1).ToList();
        if (flags.Text("mode") is { } mode && mode != "standalone")
        {
            throw new UsageException($"--mode {mode} is not supported: the embedded runtime is stand-alone, use daprd");
        }

        var plan = new AppPlan
        {
            Options = Options(flags, variable),
            Directory = Environment.CurrentDirectory,
            ResourcePaths = flags.All("resources-path").Concat(flags.All("components-path")).Select(Path.GetFullPath).ToList(),
            ConfigFiles = flags.All("config").Select(Path.GetFullPath).ToList(),
            Command = command,
            AppLog = LogDestination.Console,
            Location = new SourceLocation("(command line)", 0),
        };
        var logLevel = LogLevels.Parse(flags.Text("log-level") ?? "info");
        var metrics = flags.Bool("enable-metrics") ?? true;
        var mutual = flags.Bool("enable-mtls") ?? true;
        _ = flags.Bool("wait");
        var folder = Path.GetFullPath(flags.Text("lucid-dir") ?? ".lucid");
        return new DaprdFlags(plan, flags.Rest(WithoutEffect), logLevel, metrics, mutual, folder);
    }

    private static SidecarOptions Options(Flags flags, Func<string, string?> variable)
    {
        var id = flags.Text("app-id") ?? throw new UsageException("--app-id is required");
        if (AppIds.Fault(id) is { } fault)
        {
            throw new UsageException($"--app-id {fault}");
        }

        var defaults = new SidecarOptions { AppId = id };
        var protocol = flags.Text("app-protocol") ?? "http";
        if (protocol is not ("http" or "https" or "h2c" or "grpc" or "grpcs"))
        {
            throw new UsageException($"--app-protocol {protocol}: must be one of http, https, h2c, grpc, grpcs");
        }

        var megabytes = flags.Int("dapr-http-max-request-size", 1, 1 << 20);
        var options = defaults with
        {
            Namespace = variable("NAMESPACE") is { Length: > 0 } name ? name : defaults.Namespace,
            ApiToken = variable("DAPR_API_TOKEN") is { Length: > 0 } apiToken ? apiToken : null,
            AppApiToken = variable("APP_API_TOKEN") is { Length: > 0 } appToken ? appToken : null,
            AppPort = flags.Int("app-port", 0, 65535) ?? 0,
            AppProtocol = flags.Bool("app-ssl") is true && protocol is "http" or "grpc" ? $"{protocol}s" : protocol,
            AppChannelAddress = flags.Text("app-channel-address") ?? defaults.AppChannelAddress,
            AppMaxConcurrency = flags.Int("app-max-concurrency", -1, 1_000_000) is { } concurrency and > 0 ? concurrency : -1,
            HttpPort = flags.Int("dapr-http-port", 1, 65535) ?? defaults.HttpPort,
            GrpcPort = flags.Int("dapr-grpc-port", 1, 65535) ?? defaults.GrpcPort,
            InternalGrpcPort = flags.Int("dapr-internal-grpc-port", 1, 65535),
            MetricsPort = flags.Int("metrics-port", 1, 65535) ?? defaults.MetricsPort,
            ListenAddresses = flags.Text("dapr-listen-addresses")?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } addresses
                ? addresses
                : defaults.ListenAddresses,
            MaxBodySize = flags.Bytes("max-body-size") ?? ((long?)megabytes << 20) ?? defaults.MaxBodySize,
            ReadBufferSize = (int)Math.Min(flags.Bytes("read-buffer-size") ?? defaults.ReadBufferSize, int.MaxValue),
            EnableAppHealthCheck = flags.Bool("enable-app-health-check") ?? false,
            AppHealthCheckPath = flags.Text("app-health-check-path") ?? defaults.AppHealthCheckPath,
            AppHealthProbeInterval = flags.Int("app-health-probe-interval", 1, 86_400) is { } seconds ? TimeSpan.FromSeconds(seconds) : defaults.AppHealthProbeInterval,
            AppHealthProbeTimeout = flags.Int("app-health-probe-timeout", 1, 3_600_000) is { } milliseconds
                ? TimeSpan.FromMilliseconds(milliseconds)
                : defaults.AppHealthProbeTimeout,
            AppHealthThreshold = flags.Int("app-health-threshold", 1, 1_000) ?? defaults.AppHealthThreshold,
            GracefulShutdown = flags.Int("dapr-graceful-shutdown-seconds", 0, 3_600) is { } grace ? TimeSpan.FromSeconds(grace) : defaults.GracefulShutdown,
            DisabledInitEndpoints = InitEndpoints(flags.Text("disable-init-endpoints")),
            LogAsJson = flags.Bool("log-as-json") ?? false,
        };
        var twice = RunFileParser.Ports(options).Append((options.InternalGrpcPort ?? 0, "dapr-internal-grpc-port"))
            .Where(port => port.Item1 > 0).GroupBy(port => port.Item1).FirstOrDefault(group => group.Count() > 1);
        return twice is null
            ? options
            : throw new UsageException($"port {twice.Key} is given to {string.Join(" and ", twice.Select(port => port.Item2))}: every listener needs its own");
    }

    private static HashSet<string> InitEndpoints(string? text)
    {
        var names = text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return names.FirstOrDefault(name => name is not ("config" or "subscribe")) is { } other
            ? throw new UsageException($"--disable-init-endpoints {other}: known are config and subscribe")
            : names.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Flags as Go's flag package reads them.</summary>
    private sealed class Flags
    {
        private readonly List<(string Name, string Value)> given = [];
        private readonly HashSet<string> taken = new(StringComparer.Ordinal);

        public Flags(IReadOnlyList<string> arguments)
        {
            for (var i = 0; i < arguments.Count; i++)
            {
                if (!arguments[i].StartsWith('-'))
                {
                    throw new UsageException($"unexpected argument '{arguments[i]}': the command of the app stands after --");
                }

                var flag = arguments[i].TrimStart('-');
                var equals = flag.IndexOf('=', StringComparison.Ordinal);
                var name = equals < 0 ? flag : flag[..equals];
                var isLast = i + 1 == arguments.Count;
                var value = equals >= 0 ? flag[(equals + 1)..]
                    : Booleans.Contains(name) || isLast || (arguments[i + 1].StartsWith('-') && !int.TryParse(arguments[i + 1], CultureInfo.InvariantCulture, out _)) ? ""
                    : arguments[++i];
                given.Add((name, value));
            }
        }

        public List<string> All(string name)
        {
            taken.Add(name);
            var values = given.Where(flag => flag.Name == name).Select(flag => flag.Value).ToList();
            return values.Contains("") ? throw new UsageException($"--{name} needs a value") : values;
        }

        /// <summary>The last one counts, as it does for daprd.</summary>
        public string? Text(string name) => All(name) is [.., var last] ? last : null;

        public int? Int(string name, int minimum, int maximum) => Text(name) is not { } text
            ? null
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= minimum && number <= maximum
                ? number
                : throw new UsageException($"--{name} {text}: must be a whole number from {minimum} to {maximum}");

        public long? Bytes(string name) => Text(name) is not { } text
            ? null
            : ByteQuantity.TryParse(text, out var bytes) ? bytes : throw new UsageException($"--{name} {text}: must be a size such as 65536, 512Ki or 16Mi");

        public bool? Bool(string name)
        {
            taken.Add(name);
            return given.LastOrDefault(flag => flag.Name == name) switch
            {
                (null, _) => null,
                (_, "" or "true" or "TRUE" or "True" or "t" or "T" or "1") => true,
                (_, "false" or "FALSE" or "False" or "f" or "F" or "0") => false,
                var (_, text) => throw new UsageException($"--{name}={text}: must be true or false"),
            };
        }

        public List<string> Rest(HashSet<string> withoutEffect) => given.Select(flag => flag.Name).Where(name => !taken.Contains(name)).Distinct()
            .Select(name => withoutEffect.Contains(name) ? $"--{name} has no effect in the embedded runtime" : $"--{name} is not known and is ignored").ToList();
    }
}
