using System.Diagnostics;

namespace Lucid.Cli.Demonstration;

/// <summary>A real X display of its own with a real program drawing on it.</summary>
internal sealed class DemoScreen : IAsyncDisposable
{
    private readonly Process server;
    private readonly Process program;

    private DemoScreen(Process server, Process program, string display) => (this.server, this.program, Display) = (server, program, display);

    public string Display { get; }

    public const string Size = "1280x720";

    /// <summary>Null where Xvfb, ffmpeg or a program to show is missing.</summary>
    public static async Task<DemoScreen?> TryStartAsync(CancellationToken cancellationToken)
    {
        if (Find("Xvfb") is not { } xvfb || Find("ffmpeg") is null || (Find("xclock") ?? Find("xeyes") ?? Find("xterm")) is not { } drawing)
        {
            return null;
        }

        // Xvfb chooses a free display number and writes it when it is ready.
        var server = Start(xvfb, ["-displayfd", "1", "-screen", "0", $"{Size}x24", "-nolisten", "tcp", "-ac"], null);
        var number = await server.StandardOutput.ReadLineAsync(cancellationToken);
        if (string.IsNullOrWhiteSpace(number))
        {
            server.Dispose();
            return null;
        }

        var display = $":{number.Trim()}";
        string[] arguments = drawing.EndsWith("xclock", StringComparison.Ordinal) ? ["-update", "1", "-geometry", Size + "+0+0"] : ["-geometry", Size + "+0+0"];
        return new DemoScreen(server, Start(drawing, arguments, display), display);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in (Process[])[program, server])
        {
            if (!process.HasExited)
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process.Dispose();
        }
    }

    internal static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static Process Start(string program, string[] arguments, string? display)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        if (display is not null)
        {
            start.Environment["DISPLAY"] = display;
        }

        var process = Process.Start(start)!;
        process.BeginErrorReadLine(); // drained, so that it never blocks
        return process;
    }
}
