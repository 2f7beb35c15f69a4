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

    /// <summary>Writes what differs below <paramref name="root"/>; with <paramref name="checkOnly"/> it only says what does.</summary>
    /// <returns>The exit code: 1 when something differs and was not written.</returns>
    public static int Write(string root, IEnumerable<GeneratedFile> files, bool checkOnly)
    {
        var differs = false;
        foreach (var file in files)
        {
            var path = Path.Combine(root, file.Path);
            if (File.Exists(path) && File.ReadAllText(path) == file.Text)
            {
                continue;
            }

            differs = true;
            Console.Error.WriteLine($"{(checkOnly ? "differs" : "written")}: {file.Path}");
            if (!checkOnly)
            {
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllText(path, file.Text);
            }
        }

        return differs && checkOnly ? 1 : 0;
    }

    public static bool IsBuilt(string root, ServiceDescription service) =>
        File.Exists(Path.Combine(root, service.Project, $"Lucid.{service.Project.Split('/')[^1]}.csproj"));
}
