using System.Collections.Concurrent;
using System.Diagnostics;

namespace Lucid.Sidecar.Supervision;

/// <summary>
/// Starts processes from one thread that lives as long as they may: a parent-death signal is sent when the thread that
/// started the process ends, not when its process does.
/// </summary>
internal sealed class SpawnThread : IDisposable
{
    private readonly BlockingCollection<(ProcessStartInfo Start, TaskCompletionSource<Process> Started)> requests = [];

    public SpawnThread() => new Thread(Serve) { IsBackground = true, Name = "spawn" }.Start();

    /// <exception cref="System.ComponentModel.Win32Exception">The program cannot be started.</exception>
    public Task<Process> StartAsync(ProcessStartInfo start)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        requests.Add((start, started));
        return started.Task;
    }

    /// <summary>Ends the thread, and with it every process started from it.</summary>
    public void Dispose() => requests.CompleteAdding();

    private void Serve()
    {
        foreach (var (start, started) in requests.GetConsumingEnumerable())
        {
            try
            {
                started.SetResult(Process.Start(start)!);
            }
            catch (Exception error) when (error is System.ComponentModel.Win32Exception or IOException or InvalidOperationException)
            {
                started.SetException(error);
            }
        }

        requests.Dispose();
    }
}
