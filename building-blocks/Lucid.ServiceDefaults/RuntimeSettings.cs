using System.ComponentModel.DataAnnotations;

namespace Lucid.ServiceDefaults;

/// <summary>The variables every service reads.</summary>
internal sealed record RuntimeSettings
{
    public string? ServiceName { get; init; }

    [AllowedValues("development", "production")]
    public string Environment { get; init; } = "development";

    public bool Debug { get; init; }

    [Range(0, 65535)]
    public int? Port { get; init; }

    [Range(0, 65535)]
    public int? AppPort { get; init; }

    public string ListenAddress { get; init; } = "127.0.0.1";

    public bool DotnetRunningInContainer { get; init; }

    public Uri? DaprHttpEndpoint { get; init; }

    [Range(0, 65535)]
    public int? DaprHttpPort { get; init; }

    [Secret]
    public string? DaprApiToken { get; init; }

    [Secret]
    public string? AppApiToken { get; init; }

    public bool LucidAllowNoToken { get; init; }
}
