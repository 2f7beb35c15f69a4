using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Supervision;

/// <summary>One app to run: its sidecar and, if there is a command, its process.</summary>
internal sealed record AppPlan
{
    /// <summary>A port of 0 is chosen at the start, but for <see cref="SidecarOptions.AppPort"/>, where 0 means that the app listens nowhere.</summary>
    public required SidecarOptions Options { get; init; }

    /// <summary>Working directory of the app.</summary>
    public required string Directory { get; init; }

    /// <summary>Folders and files of resources, absolute.</summary>
    public IReadOnlyList<string> ResourcePaths { get; init; } = [];

    public IReadOnlyList<string> ConfigFiles { get; init; } = [];

    /// <summary>Program and arguments; empty: the app is started by somebody else.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>Variables of the app over those of this process.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>();

    public LogDestination AppLog { get; init; } = LogDestination.FileAndConsole;

    /// <summary>Where the app stands in its run file.</summary>
    public required SourceLocation Location { get; init; }
}

[Flags]
internal enum LogDestination
{
    Console = 1,
    File = 2,
    FileAndConsole = Console | File,
}
