using System.ComponentModel;
using System.Diagnostics;
using System.Text;

namespace Lucid.Sidecar.Supervision;

/// <summary>
/// One app as a child process: leader of its own session (Ctrl-C in the terminal reaches the supervisor alone), killed by the kernel when
/// the supervisor dies, its output handed on line by line.
/// </summary>
internal sealed class ChildProcess
{
    /// <summary>Longer lines are handed on in pieces of this many characters.</summary>
    private const int MaximumLine = 16 << 10;

    private static readonly TimeSpan OutputAfterExit = TimeSpan.FromSeconds(2);

    /// <summary>The parent may have died before the signal was arranged: then the parent is no longer the one given, and nothing is started.</summary>
    private const string StartUnlessOrphaned = """[ "$PPID" = "$0" ] || exit 125; exec "$@" """;

    private readonly Process process;

    private ChildProcess(Process process, Action<string> onLine, Lifeline lifeline)
    {
        this.process = process;
        Id = process.Id;
        lifeline.Add(Id);
        Exited = WatchAsync(
            lifeline,
            Task.WhenAll(PumpAsync(process.StandardOutput.BaseStream, onLine), PumpAsync(process.StandardError.BaseStream, onLine)));
    }

    /// <summary>Process id, and id of the group it leads.</summary>
    public int Id { get; }

    /// <summary>Completes with the exit code, 128 + signal for a process that was killed, when the last line has been handed on.</summary>
    public Task<int> Exited { get; }

    /// <param name="environment">Set over the variables of this process; a null value removes one.</param>
    /// <exception cref="ChildStartException">The process cannot be started.</exception>
    public static async Task<ChildProcess> StartAsync(
        SpawnThread spawn, Lifeline lifeline, IReadOnlyList<string> command, string directory, IReadOnlyDictionary<string, string?> environment, Action<string> onLine)
    {
        var start = new ProcessStartInfo("setsid")
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        string[] wrapper = ["setpriv", "--pdeathsig", "KILL", "/bin/sh", "-c", StartUnlessOrphaned, $"{System.Environment.ProcessId}"];
        foreach (var argument in wrapper.Concat(command))
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            var process = await spawn.StartAsync(start).ConfigureAwait(false);
            process.StandardInput.Close();
            return new ChildProcess(process, onLine, lifeline);
        }
        catch (Exception error) when (error is Win32Exception or IOException)
        {
            throw new ChildStartException($"cannot start {command[0]} in {directory}: {error.Message} (setsid and setpriv of package util-linux are needed)", error);
        }
    }

    public void Terminate() => Signals.SendToGroup(Id, Signals.Terminate);

    public void Kill() => Signals.SendToGroup(Id, Signals.Kill);

    private async Task<int> WatchAsync(Lifeline lifeline, Task pumps)
    {
        await process.WaitForExitAsync().ConfigureAwait(false);

        // What the app has started would keep its port and its output open.
        Signals.KillRemnants(Id);
        lifeline.Remove(Id);
        try
        {
            await pumps.WaitAsync(OutputAfterExit).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // A daemon in a session of its own still holds the output: its lines go on arriving, the app itself has ended.
        }

        var code = process.ExitCode;
        process.Dispose();
        return code;
    }

    private static async Task PumpAsync(Stream output, Action<string> onLine)
    {
        using var reader = new StreamReader(output, Encoding.UTF8, detectEncodingFromByteOrderMarks: false);
        var buffer = new char[4096];
        var line = new StringBuilder();
        int read;
        while ((read = await reader.ReadAsync(buffer.AsMemory()).ConfigureAwait(false)) > 0)
        {
            for (var rest = buffer.AsMemory(0, read); !rest.IsEmpty;)
            {
                var end = rest.Span.IndexOf('\n');
                line.Append(end < 0 ? rest : rest[..end]);
                rest = end < 0 ? default : rest[(end + 1)..];
                if (end >= 0 || line.Length >= MaximumLine)
                {
                    HandOn();
                }
            }
        }

        if (line.Length > 0)
        {
            HandOn();
        }

        void HandOn()
        {
            onLine(line.ToString().TrimEnd('\r'));
            line.Clear();
        }
    }
}

/// <summary>An app's process could not be started.</summary>
internal sealed class ChildStartException(string message, Exception inner) : Exception(message, inner);
