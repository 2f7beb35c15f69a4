using System.CommandLine;
using System.Diagnostics;
using System.Net.Sockets;
using Lucid.Cli.Profiles;
using Lucid.Contracts.Services;

namespace Lucid.Cli.Commands;

/// <summary>Looks at what a run needs and says what is missing and how to get it.</summary>
internal static class DoctorCommand
{
    private static readonly (string Program, string Package, string For)[] Programs =
    [
        ("ffmpeg", "ffmpeg", "recording a display"),
        ("Xvfb", "xvfb", "the demonstration's screen"),
        ("xclock", "x11-apps", "the program that draws on it"),
        ("redis-server", "redis-server", "running with redis components"),
    ];

    public static Command Create() => CommonOptions.Build("doctor", "Check this machine and a running system", [], async (_, terminal, cancellationToken) =>
    {
        var findings = new List<Finding>();
        findings.Add(new(".NET", true, Environment.Version.ToString()));
        foreach (var (program, package, purpose) in Programs)
        {
            var found = OnPath(program);
            findings.Add(new(program, found is not null, found ?? $"missing, for {purpose}: apt-get install {package}"));
        }

        var free = new DriveInfo(Path.GetFullPath(LucidFolder.Root)).AvailableFreeSpace;
        findings.Add(new("disk", free > 2L << 30, $"{free >> 20:N0} MiB free" + (free > 2L << 30 ? "" : "; recordings need at least 2 GiB")));
        findings.Add(new("setup", File.Exists(Path.Combine(LucidFolder.Default, "genesis.json")), LucidFolder.Default));
        foreach (var service in ServiceTable.All.Where(service => Directory.Exists(Path.Combine(LucidFolder.Root, service.Project))))
        {
            var listening = await ListensAsync(service.HostPort, cancellationToken);
            findings.Add(new(service.AppId, listening, listening ? $"listens on {service.HostPort}" : $"does not listen on {service.HostPort}; start it with ./run"));
        }

        var profile = await ProfileStore.Default.LoadAsync(cancellationToken);
        findings.Add(new("log-in", profile.AccessToken is not null, profile.AccessToken is null ? "not logged in: ./lucid login" : $"{profile.Address} at {profile.Server}"));
        terminal.Table(findings, ["", "what", "finding"], findings.Select(finding => new[] { finding.Good ? "ok" : "--", finding.What, finding.Text }));
        return findings.All(finding => finding.Good) ? ExitCodes.Ok : ExitCodes.Invalid;
    });

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static async Task<bool> ListensAsync(int port, CancellationToken cancellationToken)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync("127.0.0.1", port, cancellationToken);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed record Finding(string What, bool Good, string Text);
}
