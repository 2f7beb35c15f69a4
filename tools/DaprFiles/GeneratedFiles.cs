using Lucid.Contracts.Services;

namespace Lucid.DaprFiles;

/// <summary>A file made from the contracts. <paramref name="Path"/> is relative to the repository root, with slashes.</summary>
public sealed record GeneratedFile(string Path, string Text);

public static class GeneratedFiles
{
    internal const string Banner = "# Made from Lucid.Contracts by tools/DaprFiles; edit the tables there, then run: dotnet run --project tools/DaprFiles\n";

    /// <summary>Every generated file. Run files name the services that have a project below <paramref name="root"/>.</summary>
    public static IEnumerable<GeneratedFile> All(string root)
    {
        foreach (var service in ServiceTable.All)
        {
            yield return new($"dapr/config/{service.AppId}.yaml", Banner + AppConfiguration.Render(service, withAccessControl: true));
        }

        var built = ServiceTable.All.Where(service => IsBuilt(root, service)).ToList();
        foreach (var service in built)
        {
            yield return new($"dapr/config-run/{service.AppId}.yaml", Banner + AppConfiguration.Render(service, withAccessControl: false));
        }

        yield return new("dapr/resiliency.yaml", Banner + ResiliencyFile.Render());
        yield return new("dapr/dapr.yaml", Banner + RunFile.Render(built, RunFile.Target.Embedded));
        yield return new("dapr/dapr-run.yaml", Banner + RunFile.Render(built, RunFile.Target.DaprCli));
        foreach (var file in ComponentFiles.All())
        {
            yield return file with { Text = Banner + file.Text };
        }
    }

    private static bool IsBuilt(string root, ServiceDescription service) =>
        File.Exists(Path.Combine(root, service.Project, $"Lucid.{service.Project.Split('/')[^1]}.csproj"));
}
