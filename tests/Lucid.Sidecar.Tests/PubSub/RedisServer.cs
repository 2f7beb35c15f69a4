using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lucid.Sidecar.Tests.PubSub;

/// <summary>A real redis-server on a free port, in a folder of its own; ended with the tests.</summary>
public sealed class RedisServer : IAsyncLifetime
{
    public const string Password = "test-only";

    private readonly string folder = Directory.CreateTempSubdirectory("lucid-redis-").FullName;
    private Process? process;

    public int Port { get; private set; }

    /// <summary>Why the tests cannot run; null when they can.</summary>
    public string? Missing { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var program = new[] { "/usr/bin/redis-server", "/usr/local/bin/redis-server" }.FirstOrDefault(File.Exists);
        if (program is null)
        {
            Missing = "redis-server is not installed (Debian package redis-server)";
            return;
        }

        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Port = ((IPEndPoint)probe.LocalEndpoint).Port;
        }

        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true };
        foreach (var argument in new[] { "--port", Port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--save", "", "--dir", folder, "--requirepass", Password })
        {
            start.ArgumentList.Add(argument);
        }

        process = Process.Start(start)!;
        while (await process.StandardOutput.ReadLineAsync() is { } line && !line.Contains("Ready to accept connections", StringComparison.Ordinal))
        {
        }

        Assert.False(process.HasExited, "redis-server did not start");
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
        }

        Directory.Delete(folder, recursive: true);
    }
}
