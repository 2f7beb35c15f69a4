using System.Net;
using System.Reflection;

namespace Lucid.ServiceDefaults;

/// <summary>Who this process is and how it was started, from the environment variables every service shares (operations §6).</summary>
public sealed record ServiceRuntime
{
    /// <summary>The row of the service table.</summary>
    public required ServiceDescription Service { get; init; }

    public string AppId => Service.AppId;

    /// <summary><c>SERVICE_NAME</c>: the name in health answers, errors, logs and metrics.</summary>
    public required string ServiceName { get; init; }

    /// <summary>Version of the entry assembly.</summary>
    public required string Version { get; init; }

    /// <summary><c>ENVIRONMENT</c>: <c>development</c> (default) or <c>production</c>.</summary>
    public required string Environment { get; init; }

    /// <summary><c>DEBUG</c>: API description and detailed logs. Refused in production.</summary>
    public required bool Debug { get; init; }

    /// <summary><c>PORT</c>: the listener of the app; 0 takes any free port. Where the app has a listener of its own for the sidecar, the public one.</summary>
    public required int Port { get; init; }

    /// <summary>The listener the sidecar calls: <c>APP_PORT</c> for the apps that have one beside <see cref="Port"/>, else <see cref="Port"/>.</summary>
    public required int SidecarFacingPort { get; init; }

    /// <summary><c>LISTEN_ADDRESS</c>, default loopback.</summary>
    public required IPAddress ListenAddress { get; init; }

    /// <summary>Base address of the sidecar's HTTP API, without a trailing slash.</summary>
    public required Uri SidecarHttp { get; init; }

    /// <summary><c>DAPR_API_TOKEN</c>: app to sidecar.</summary>
    internal string? SidecarToken { get; init; }

    /// <summary><c>APP_API_TOKEN</c>: sidecar to app.</summary>
    internal string? AppToken { get; init; }

    public bool IsProduction => Environment == "production";

    public bool IsDevelopment => Environment == "development";

    internal static string BuildVersion { get; } =
        Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    internal static ServiceRuntime Read(ServiceDescription service, IConfiguration configuration, Action<string> fault)
    {
        var settings = EnvironmentReader.Read<RuntimeSettings>(configuration, fault);
        if (settings.Debug && settings.Environment == "production")
        {
            fault("DEBUG: 'true' is refused with ENVIRONMENT=production; accepted is false.");
        }

        if (string.IsNullOrEmpty(settings.AppApiToken) && !(settings.LucidAllowNoToken && settings.Environment == "development"))
        {
            fault("APP_API_TOKEN: required; the same value must be in the sidecar's environment. Tests may set LUCID_ALLOW_NO_TOKEN=true with ENVIRONMENT=development.");
        }

        if (!IPAddress.TryParse(settings.ListenAddress, out var address))
        {
            fault($"LISTEN_ADDRESS: '{settings.ListenAddress}' is not an IP address; accepted are 127.0.0.1, 0.0.0.0 and the like.");
            address = IPAddress.Loopback;
        }

        var inContainer = settings.DotnetRunningInContainer;
        var port = settings.Port ?? (inContainer ? service.ContainerPort : service.HostPort);
        return new ServiceRuntime
        {
            Service = service,
            ServiceName = settings.ServiceName ?? service.ServiceName,
            Version = BuildVersion,
            Environment = settings.Environment,
            Debug = settings.Debug,
            Port = port,
            SidecarFacingPort = service.SidecarFacingPort is { } own ? settings.AppPort ?? own : port,
            ListenAddress = address,
            SidecarHttp = settings.DaprHttpEndpoint ?? new Uri($"http://127.0.0.1:{settings.DaprHttpPort ?? service.DaprHttpPort}"),
            SidecarToken = settings.DaprApiToken,
            AppToken = string.IsNullOrEmpty(settings.AppApiToken) ? null : settings.AppApiToken,
        };
    }
}
