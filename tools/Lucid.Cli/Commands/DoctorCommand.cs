using System.CommandLine;
using System.Net.Http.Json;
using System.Text.Json;
using Lucid.Cli.Profiles;
using Lucid.Contracts.Services;
using Microsoft.Extensions.DependencyInjection;

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
        findings.AddRange(await ServicesAsync(cancellationToken));
        var profile = await ProfileStore.Default.LoadAsync(cancellationToken);
        findings.Add(new("log-in", profile.AccessToken is not null, profile.AccessToken is null ? "not logged in: ./lucid login" : $"{profile.Address} at {profile.Server}"));
        terminal.Table(findings, ["", "what", "finding"], findings.Select(finding => new[] { finding.Good ? "ok" : "--", finding.What, finding.Text }));
        return findings.All(finding => finding.Good) ? ExitCodes.Ok : ExitCodes.Invalid;
    });

    private static string? OnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private static async Task<Finding[]> ServicesAsync(CancellationToken cancellationToken)
    {
        await using var provider = new ServiceCollection().AddHttpClient("health", client => client.Timeout = TimeSpan.FromSeconds(5)).Services.BuildServiceProvider();
        using var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("health");
        var built = ServiceTable.All.Where(service => Directory.Exists(Path.Combine(LucidFolder.Root, service.Project)));
        return await Task.WhenAll(built.Select(service => ServiceAsync(http, service, cancellationToken)));
    }

    /// <summary>What listens must also say that it is the service meant.</summary>
    private static async Task<Finding> ServiceAsync(HttpClient http, ServiceDescription service, CancellationToken cancellationToken)
    {
        var port = service.AppPort;
        try
        {
            using var answer = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/health"), cancellationToken);
            var body = await answer.Content.ReadFromJsonAsync<JsonElement>(cancellationToken);
            if (body.ValueKind != JsonValueKind.Object || !body.TryGetProperty("service", out var name) || name.GetString() != service.ServiceName)
            {
                return new(service.AppId, false, $"port {port} is answered by something else");
            }

            var down = body.TryGetProperty("dependencies", out var dependencies) && dependencies.ValueKind == JsonValueKind.Object
                ? dependencies.EnumerateObject().Where(dependency => dependency.Value.ToString() != "healthy").Select(dependency => $"{dependency.Name} is {dependency.Value}")
                : [];
            return new(service.AppId, answer.IsSuccessStatusCode, string.Join(", ", [$"{body.GetProperty("status")} on port {port}", .. down]));
        }
        catch (HttpRequestException)
        {
            return new(service.AppId, false, $"does not listen on {port}; start it with ./run, or in a run with lucid-sidecar start {service.AppId}");
        }
        catch (Exception other) when (other is JsonException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return new(service.AppId, false, $"port {port} is answered by something else, or not in time");
        }
    }

    private sealed record Finding(string What, bool Good, string Text);
}
