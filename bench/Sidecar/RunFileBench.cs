using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Lucid.Cli.Setup;

namespace Lucid.Bench.Sidecar;

/// <summary>Starts the run file of a built checkout in a temporary folder, on ports of its own, and measures the sidecar process.</summary>
internal static partial class RunFileBench
{
    private const int PortOffset = 900;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <returns>Apps, seconds from command to all ready, and the sidecar's PSS in MB when ready and after ten seconds of rest.</returns>
    public static async Task<(int Apps, double Seconds, double AtReady, double AtRest)> MeasureAsync(string checkout)
    {
        var folder = Directory.CreateTempSubdirectory("lucid-bench-stack-").FullName;
        try
        {
            var apps = Lay(checkout, folder);
            await new DevelopmentSetup(Path.Combine(folder, ".lucid"), TimeProvider.System).RunAsync(slotSeconds: 1, CancellationToken.None);
            var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var started = Stopwatch.GetTimestamp();
            using var run = Start(checkout, folder, "run", line => _ = line.Contains("ready after", StringComparison.Ordinal) && ready.TrySetResult());
            try
            {
                await ready.Task.WaitAsync(Limit);
                var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                var atReady = ProportionalMegabytes(run.Id);
                await Task.Delay(TimeSpan.FromSeconds(10));
                return (apps, seconds, atReady, ProportionalMegabytes(run.Id));
            }
            finally
            {
                using var stop = Start(checkout, folder, "stop", _ => { });
                await stop.WaitForExitAsync();
                if (!run.WaitForExit(TimeSpan.FromSeconds(30)))
                {
                    run.Kill(entireProcessTree: true);
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process Start(string checkout, string folder, string command, Action<string> onLine)
    {
        var start = new ProcessStartInfo(
            Path.Combine(checkout, "sidecar/Lucid.Sidecar/bin/Release/net10.0/lucid-sidecar"), [command, "-f", Path.Combine(folder, "dapr/dapr.yaml")])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => onLine(line.Data ?? "");
        process.ErrorDataReceived += (_, line) => onLine(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static double ProportionalMegabytes(int process) =>
        double.Parse(Pss().Match(File.ReadAllText($"/proc/{process}/smaps_rollup")).Groups[1].Value, CultureInfo.InvariantCulture) * 1024 / 1e6;

    private static int Lay(string checkout, string folder)
    {
        foreach (var part in (string[])["dapr/config", "dapr/resources", "components/local"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(checkout, part), "*.yaml"))
            {
                var text = File.ReadAllText(file).Replace("../.lucid", Path.Combine(folder, ".lucid"), StringComparison.Ordinal);
                File.WriteAllText(Path.Combine(folder, part, Path.GetFileName(file)), text);
            }
        }

        var run = File.ReadAllText(Path.Combine(checkout, "dapr/dapr.yaml"))
            .Replace("../../../.lucid", Path.Combine(folder, ".lucid"), StringComparison.Ordinal)
            .Replace("appDirPath: ../", $"appDirPath: {checkout}/", StringComparison.Ordinal);
        var moved = Port().Replace(run, match => $"{match.Groups[1].Value}{int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) + PortOffset}");
        File.WriteAllText(Path.Combine(folder, "dapr/dapr.yaml"), moved);
        return run.Split("- appID:").Length - 1;
    }

    [GeneratedRegex("""((?:[Pp]ort|PORT): "?)(\d{4,5})""")]
    private static partial Regex Port();

    [GeneratedRegex("""^Pss:\s+(\d+) kB""", RegexOptions.Multiline)]
    private static partial Regex Pss();
}
