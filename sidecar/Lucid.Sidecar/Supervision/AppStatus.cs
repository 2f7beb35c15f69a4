using System.Text.Json.Serialization;

namespace Lucid.Sidecar.Supervision;

[JsonConverter(typeof(JsonStringEnumConverter<AppState>))]
internal enum AppState
{
    /// <summary>Its process or its sidecar is not ready yet.</summary>
    Starting,
    Ready,

    /// <summary>The process has ended; it can be started again.</summary>
    Exited,
    Stopping,
}

/// <summary>One app as <c>lucid-sidecar status</c> shows it.</summary>
/// <param name="Pid">Null while it has no process.</param>
/// <param name="ReadyAfterMilliseconds">From the start of its process, the latest one if it was started again.</param>
/// <param name="ExitCode">Of the process that ended last; 128 + signal when it was killed.</param>
/// <param name="Starts">How often its process was started.</param>
internal sealed record AppStatus(
    string AppId,
    AppState State,
    int? Pid,
    int AppPort,
    int DaprHttpPort,
    int DaprGrpcPort,
    int MetricsPort,
    long? ReadyAfterMilliseconds,
    int? ExitCode,
    string? Signal,
    int Starts,
    string? Problem);
