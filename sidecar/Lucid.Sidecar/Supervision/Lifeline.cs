using System.Diagnostics;
using System.Globalization;

namespace Lucid.Sidecar.Supervision;

/// <summary>
/// Ends the process groups of a run when the supervisor is gone, however it went: a small shell in a session of its own reads the group
/// ids from a pipe that only the supervisor holds, and kills what is listed when the pipe closes. The parent-death signal reaches an app
/// itself; this reaches what the app has started.
/// </summary>
internal sealed class Lifeline : IAsyncDisposable
{
    private const string Script =
        """
        ids=" "
        while read -r op id; do
          case "$op" in
            +) ids="$ids$id " ;;
            -) ids="${ids%% $id *} ${ids#* $id }" ;;
          esac
        done
        for id in $ids; do kill -s KILL -- "-$id" 2>/dev/null; done
        exit 0
        """;

    private readonly Process shell;
    private readonly Lock gate = new();

    private Lifeline(Process shell) => this.shell = shell;

    public static async Task<Lifeline> StartAsync(SpawnThread spawn)
    {
        var start = new ProcessStartInfo("setsid", ["/bin/sh", "-c", Script]) { RedirectStandardInput = true, UseShellExecute = false };
        var shell = await spawn.StartAsync(start).ConfigureAwait(false);
        shell.StandardInput.AutoFlush = true;
        return new Lifeline(shell);
    }

    public void Add(int group) => Write('+', group);

    public void Remove(int group) => Write('-', group);

    public async ValueTask DisposeAsync()
    {
        lock (gate)
        {
            shell.StandardInput.Close();
        }

        await shell.WaitForExitAsync().ConfigureAwait(false);
        shell.Dispose();
    }

    private void Write(char operation, int group)
    {
        lock (gate)
        {
            // A shell that somebody killed cannot guard; the parent-death signal of each app remains.
            if (!shell.HasExited)
            {
                shell.StandardInput.Write(string.Create(CultureInfo.InvariantCulture, $"{operation} {group}\n"));
            }
        }
    }
}
