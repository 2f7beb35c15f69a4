using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Lucid.Cli.Setup;

namespace Lucid.EndToEnd;

/// <summary>
/// The whole system as ./run starts it, in a folder of its own and on ports of its own: the checked-in run file and components with
/// their paths and ports moved, nothing else changed. Slots of one second.
/// </summary>
public sealed partial class Stack : IAsyncDisposable
{
    private const int PortOffset = 500;
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(120);
    private readonly string root = Path.Combine(Path.GetTempPath(), $"lucid-e2e-{Environment.ProcessId}-{Guid.NewGuid():N}");
    private Process? supervisor;

    public static string Repository { get; } = FindRepository();

    public string Gateway { get; } = $"http://127.0.0.1:{8080 + PortOffset}";

    public string Folder => root;

    public string GenesisHash { get; private set; } = "";

    private string RunFile => Path.Combine(root, "dapr", "dapr.yaml");

    private static string Sidecar => Path.Combine(Repository, "sidecar/Lucid.Sidecar/bin/Release/net10.0/lucid-sidecar");

    /// <summary>Called after everything has stopped, before the folder is removed.</summary>
    public Func<Task>? BeforeRemoval { get; set; }

    /// <param name="before">Called when the folder is laid and nothing runs yet.</param>
    /// <param name="runFile">Changes the text of the run file.</param>
    public static async Task<Stack> StartAsync(Func<Stack, Task>? before = null, Func<string, string>? runFile = null)
    {
        var stack = new Stack();
        try
        {
            stack.Lay(runFile ?? (text => text));
            if (before is not null)
            {
                await before(stack);
            }

            var setup = new DevelopmentSetup(Path.Combine(stack.root, ".lucid"), TimeProvider.System);
            await setup.RunAsync(slotSeconds: 1, CancellationToken.None);
            stack.GenesisHash = (await setup.GenesisAsync(CancellationToken.None)).Hash.ToString();
            await stack.StartSupervisorAsync();
            return stack;
        }
        catch
        {
            await stack.DisposeAsync();
            throw;
        }
    }

    public async Task StartSupervisorAsync()
    {
        var log = Path.Combine(root, "run.log");
        supervisor = Start("sh", "-c", $"exec '{Sidecar}' run -f '{RunFile}' --quiet >> '{log}' 2>&1");
        await CommandAsync("wait", "--timeout", ReadyTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>Process ids by app-id, of apps that run.</summary>
    public async Task<IReadOnlyDictionary<string, int>> ProcessesAsync()
    {
        using var status = JsonDocument.Parse(await CommandAsync("status", "--json"));
        return status.RootElement.GetProperty("apps").EnumerateArray()
            .Where(app => app.GetProperty("pid").ValueKind == JsonValueKind.Number)
            .ToDictionary(app => app.GetProperty("appId").GetString()!, app => app.GetProperty("pid").GetInt32());
    }

    /// <summary>kill -9 of one service, and its start again once it is seen to be gone.</summary>
    public async Task KillAndRestartAsync(string appId)
    {
        var process = (await ProcessesAsync())[appId];
        Kill(process);
        await UntilAsync(async () => !(await ProcessesAsync()).ContainsKey(appId), $"{appId} to be gone");
        await CommandAsync("start", appId);
        await CommandAsync("wait", "--timeout", ReadyTimeout.TotalSeconds.ToString(CultureInfo.InvariantCulture));
    }

    /// <summary>kill -9 of the sidecar process, which takes every service with it, and a new run over what they left.</summary>
    public async Task KillSupervisorAndRestartAsync()
    {
        var services = await ProcessesAsync();
        Kill(supervisor!.Id);
        await supervisor.WaitForExitAsync();
        await UntilAsync(() => Task.FromResult(services.Values.All(id => !Directory.Exists($"/proc/{id}"))), "every service to have died with it");
        await StartSupervisorAsync();
    }

    public string Log(string appId)
    {
        var path = Path.Combine(root, ".lucid", "logs", $"{appId}.log");
        return File.Exists(path) ? string.Join('\n', File.ReadLines(path).TakeLast(40)) : "";
    }

    public static async Task UntilAsync(Func<Task<bool>> condition, string what, int seconds = 90)
    {
        var deadline = Stopwatch.GetTimestamp() + (seconds * Stopwatch.Frequency);
        while (!await condition())
        {
            Assert.True(Stopwatch.GetTimestamp() < deadline, $"Waited {seconds} s in vain for {what}.");
            await Task.Delay(50);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (supervisor is { HasExited: false })
        {
            try
            {
                await CommandAsync("stop");
            }
            catch (InvalidOperationException)
            {
                supervisor.Kill(); // it was never up, or is going already; its services go with it
            }

            await supervisor.WaitForExitAsync();
        }

        supervisor?.Dispose();
        if (BeforeRemoval is not null)
        {
            await BeforeRemoval();
        }

        Directory.Delete(root, recursive: true);
    }

    private async Task<string> CommandAsync(string command, params string[] arguments)
    {
        using var process = Start(Sidecar, [command, "-f", RunFile, .. arguments]);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var log = Path.Combine(root, "run.log");
        return process.ExitCode == 0
            ? await output
            : throw new InvalidOperationException($"lucid-sidecar {command} ended with {process.ExitCode}: {await errors}{await output}\n{(File.Exists(log) ? File.ReadAllText(log) : "")}");
    }

    private static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return Process.Start(start)!;
    }

    private static void Kill(int process) => Process.GetProcessById(process).Kill();

    private void Lay(Func<string, string> runFile)
    {
        foreach (var folder in (string[])["dapr/config", "dapr/resources", "components/local"])
        {
            Directory.CreateDirectory(Path.Combine(root, folder));
            foreach (var file in Directory.EnumerateFiles(Path.Combine(Repository, folder), "*.yaml"))
            {
                var text = File.ReadAllText(file).Replace("../.lucid", Path.Combine(root, ".lucid"), StringComparison.Ordinal);
                File.WriteAllText(Path.Combine(root, folder, Path.GetFileName(file)), text);
            }
        }

        var run = runFile(File.ReadAllText(Path.Combine(Repository, "dapr/dapr.yaml")))
            .Replace("../../../.lucid", Path.Combine(root, ".lucid"), StringComparison.Ordinal)
            .Replace("appDirPath: ../", $"appDirPath: {Repository}/", StringComparison.Ordinal);
        File.WriteAllText(RunFile, Port().Replace(run, match => $"{match.Groups[1].Value}{int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture) + PortOffset}"));
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "BannedSymbols.txt")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    [GeneratedRegex("""((?:[Pp]ort|PORT): "?)(\d{4,5})""")]
    private static partial Regex Port();
}
