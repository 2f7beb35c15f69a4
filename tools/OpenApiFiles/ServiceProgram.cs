using System.Diagnostics;
using System.Text.Json.Nodes;
using Lucid.Contracts.Services;

namespace Lucid.OpenApiFiles;

/// <summary>A built service, asked as a program.</summary>
internal static class ServiceProgram
{
    public static async Task<JsonNode> DescribeAsync(string root, ServiceDescription service, CancellationToken cancellationToken)
    {
        var name = $"Lucid.{service.Project.Split('/')[^1]}.dll";
        var program = Path.Combine(root, service.Project, "bin", Configuration, "net10.0", name);
        if (!File.Exists(program))
        {
            throw new InvalidOperationException($"{program} does not exist: build the solution first.");
        }

        var start = new ProcessStartInfo("dotnet", [program, "--openapi"]) { RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(cancellationToken), process.StandardError.ReadToEndAsync(cancellationToken));
        await process.WaitForExitAsync(cancellationToken);
        return process.ExitCode == 0
            ? JsonNode.Parse(await output)!
            : throw new InvalidOperationException($"{service.AppId} --openapi ended with {process.ExitCode}: {await errors}");
    }

    /// <summary>The same build configuration as this program's.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
