namespace Lucid.Sidecar.Cli;

internal static class ExitCodes
{
    public const int Clean = 0;

    /// <summary>An app has ended during the run, was not ready in time, or could not be started.</summary>
    public const int AppFailed = 1;

    /// <summary>The command line or a file is wrong.</summary>
    public const int Usage = 2;

    public const int PortInUse = 3;
}

/// <summary>The command line cannot be obeyed as it stands.</summary>
internal sealed class UsageException(string message) : Exception(message);
