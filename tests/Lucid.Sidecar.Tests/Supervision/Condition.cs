using System.Diagnostics;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Tests.Supervision;

/// <summary>Waits for conditions; a test never waits for a time.</summary>
internal static class Condition
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task HoldsAsync(Func<bool> condition, Func<string> what)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(begun) < Patience, $"waited in vain for {what()}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The number that a child has written to a file of this name.</summary>
    public static async Task<int> NumberInAsync(string file)
    {
        var number = 0;
        await HoldsAsync(() => File.Exists(file) && int.TryParse(File.ReadAllText(file), out number), () => $"a number in {file}");
        return number;
    }

    /// <summary>Gone, or dead and only not yet collected by its parent.</summary>
    public static Task IsGoneAsync(int process) => HoldsAsync(() => !IsAlive(process), () => $"the end of process {process}");

    public static bool IsAlive(int process) => ProcessTable.IsAlive(process);

    public static void Send(string signal, int process)
    {
        using var kill = Process.Start("kill", ["-s", signal, $"{process}"]);
        kill.WaitForExit();
    }
}
