using System.Text.Json;

namespace Lucid.Sidecar.Supervision;

/// <summary>One line of JSON to a running supervisor.</summary>
/// <param name="Command">start, stop, status or wait.</param>
internal sealed record ControlRequest(string Command, string? AppId = null);

/// <summary>One line of JSON back.</summary>
/// <param name="Message">What happened, for people.</param>
internal sealed record ControlReply(bool Ok, string Message, int Pid, IReadOnlyList<AppStatus> Apps)
{
    public bool AllReady => Apps.Count > 0 && Apps.All(app => app.State == AppState.Ready);
}

internal static class ControlProtocol
{
    /// <summary>A unix socket path must fit into 108 bytes with its final zero.</summary>
    public const int MaximumPath = 107;

    public const int MaximumRequest = 4 << 10;

    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
}
