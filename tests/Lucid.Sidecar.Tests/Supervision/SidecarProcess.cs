using System.Diagnostics;
using System.Text.Json.Nodes;
using Lucid.Sidecar.Cli;

namespace Lucid.Sidecar.Tests.Supervision;

/// <summary>The real program as a process of its own, with its output.</summary>
internal sealed class SidecarProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process process;
    private readonly List<string> lines = [];
    private readonly Lock gate = new();

    private SidecarProcess(IEnumerable<string> arguments, string directory, IReadOnlyDictionary<string, string>? environment)
    {
        // A shell's background job ignores SIGINT, and so does what it starts; the program is to hear it as at a terminal.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Path.Combine(AppContext.BaseDirectory, "lucid-sidecar"), .. arguments])
        {
            WorkingDirectory = directory,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("ENVIRONMENT");
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    public int Id => process.Id;

    public bool HasExited => process.HasExited;

    public string Output
    {
        get
        {
            lock (gate)
            {
                return string.Join('\n', lines);
            }
        }
    }

    public static SidecarProcess Start(string directory, params string[] arguments) => new(arguments, directory, null);

    public static SidecarProcess StartWith(IReadOnlyDictionary<string, string> environment, string directory, params string[] arguments) => new(arguments, directory, environment);

    /// <summary>Runs a command to its end.</summary>
    public static async Task<(int Code, string Output)> RunAsync(string directory, params string[] arguments)
    {
        await using var run = new SidecarProcess(arguments, directory, null);
        return (await run.ExitAsync(), run.Output);
    }

    /// <summary>Asks the run of a folder with start, stop, status or wait, from within this process.</summary>
    public static async Task<(int Code, string Output)> AskAsync(string directory, params string[] arguments)
    {
        var output = new StringWriter();
        var commandLine = new CommandLine(output, output, _ => null, _ => throw new InvalidOperationException("such a command needs no runtime"));
        return (await commandLine.RunAsync([.. arguments, "-f", directory]), output.ToString().TrimEnd());
    }

    public static async Task<JsonNode> StatusAsync(string directory)
    {
        var (code, output) = await AskAsync(directory, "status", "--json");
        Assert.True(code == 0, output);
        return JsonNode.Parse(output)!;
    }

    public async Task<int> ExitAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await process.WaitForExitAsync(limit.Token);
        return process.ExitCode;
    }

    public Task PrintsAsync(string text) => Condition.HoldsAsync(() => Output.Contains(text, StringComparison.Ordinal), () => $"'{text}' in:\n{Output}");

    public void Signal(string name) => Condition.Send(name, Id);

    public void Kill() => process.Kill();

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill();
        }

        await process.WaitForExitAsync();
        process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (gate)
            {
                lines.Add(line);
            }
        }
    }
}
