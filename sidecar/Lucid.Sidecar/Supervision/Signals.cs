using System.Runtime.InteropServices;

namespace Lucid.Sidecar.Supervision;

/// <summary>POSIX signals to processes and process groups.</summary>
internal static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    private static readonly Dictionary<int, string> Names = new()
    {
        [1] = "SIGHUP", [2] = "SIGINT", [3] = "SIGQUIT", [4] = "SIGILL", [6] = "SIGABRT", [7] = "SIGBUS", [8] = "SIGFPE",
        [9] = "SIGKILL", [11] = "SIGSEGV", [13] = "SIGPIPE", [14] = "SIGALRM", [15] = "SIGTERM",
    };

    /// <summary>To the whole group that <paramref name="leader"/> leads; to the process alone while it has not made its group yet.</summary>
    public static void SendToGroup(int leader, int signal)
    {
        if (SystemKill(-leader, signal) != 0)
        {
            _ = SystemKill(leader, signal);
        }
    }

    /// <summary>What is left of a group whose leader has ended.</summary>
    public static void KillRemnants(int leader) => _ = SystemKill(-leader, Kill);

    /// <summary>The signal that an exit code above 128 stands for; null when it is an ordinary code.</summary>
    public static string? NameOf(int exitCode) => exitCode > 128 ? Names.GetValueOrDefault(exitCode - 128) : null;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SystemKill(int process, int signal);
}
