using System.Diagnostics;
using Lucid.Sidecar.Conformance.Launching;

namespace Lucid.Sidecar.Conformance.Apps;

/// <summary>The program of <c>tests/polyglot</c> as a process of its own, beside the sidecar it is told of.</summary>
public sealed class NodeApp : IAsyncDisposable
{
    private readonly Process process;

    /// <summary>Where node is; null when it is not installed.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
        .Select(folder => Path.Combine(folder, "node")).FirstOrDefault(File.Exists);

    public NodeApp(SidecarSpec sidecar, string token)
    {
        var start = new ProcessStartInfo(Program!) { UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "polyglot", "app.mjs"));
        start.Environment["APP_PORT"] = $"{sidecar.AppPort}";
        start.Environment["DAPR_HTTP_PORT"] = $"{sidecar.HttpPort}";
        start.Environment["APP_API_TOKEN"] = token;
        process = Process.Start(start) ?? throw new InvalidOperationException($"{Program} cannot be started");
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
