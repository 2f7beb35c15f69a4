using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Resources;

/// <summary>
/// The multi-app run file of the Dapr CLI (<c>version</c>, <c>common</c>, <c>apps</c>). Paths under <c>common</c> and <c>appDirPath</c>
/// are relative to the file, the other paths of an app to its <c>appDirPath</c>, as the CLI reads them, or else to the file.
/// </summary>
internal static class RunFileParser
{
    private const string Kind = "run file";

    /// <exception cref="ResourceException">The file cannot be used.</exception>
    public static IReadOnlyList<AppPlan> Read(string path)
    {
        var documents = YamlReader.ReadFile(path);
        if (documents.Count != 1)
        {
            throw new ResourceException(new SourceLocation(path, 0), $"a run file holds one document, not {documents.Count}");
        }

        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return FieldReader.Read(documents[0], Kind, root => Apps(root, folder));
    }

    private static IReadOnlyList<AppPlan> Apps(FieldReader root, string folder)
    {
        if (root.Int("version", 1, 1) is null)
        {
            throw root.Error("version", "is required; this version is 1");
        }

        _ = root.Text("name");
        var common = root.Object("common", fields => RunFileSettings.Read(fields, folder)) ?? new RunFileSettings();
        var apps = root.Objects("apps", app => App(app, folder, common));
        if (apps.Count == 0)
        {
            throw root.Error("apps", "is required and lists at least one app");
        }

        RefuseTwice(apps.Select(app => (app.Options.AppId, "app-id", app)));
        RefuseTwice(apps.SelectMany(app => Ports(app.Options).Where(port => port.Port > 0)
            .Select(port => (port.Port, $"port ({port.Name} of {app.Options.AppId})", app))));
        return apps;
    }

    private static AppPlan App(FieldReader app, string folder, RunFileSettings common)
    {
        if (app.Text("appDirPath") is not { Length: > 0 } directory)
        {
            throw app.Error("appDirPath", "is required");
        }

        directory = RunFileSettings.Existing(app, "appDirPath", directory, folder);
        var settings = RunFileSettings.Read(app, directory, folder).Over(common);
        var id = app.Text("appID") is { Length: > 0 } named ? named : Path.GetFileName(Path.TrimEndingDirectorySeparator(directory));
        if (AppIds.Fault(id) is { } fault)
        {
            throw app.Error("appID", fault);
        }

        _ = (app.Int("profilePort", 1, 65535), app.Int("daprInternalGRPCPort", 1, 65535));
        var options = settings.Apply(new SidecarOptions
        {
            AppId = id,
            Namespace = settings.Environment.GetValueOrDefault("NAMESPACE") is { Length: > 0 } name ? name : "default",
            AppPort = app.Int("appPort", 1, 65535) ?? 0,
            HttpPort = app.Int("daprHTTPPort", 1, 65535) ?? 0,
            GrpcPort = app.Int("daprGRPCPort", 1, 65535) ?? 0,
            MetricsPort = app.Int("metricsPort", 1, 65535) ?? 0,
            AppChannelAddress = app.Text("appChannelAddress") ?? "127.0.0.1",
            BaseDirectory = folder,
        });
        return new AppPlan
        {
            Options = options,
            Directory = directory,
            ResourcePaths = settings.ResourcePaths,
            ConfigFiles = settings.ConfigFile is { } config ? [config] : [],
            Command = app.AnyScalarList("command"),
            Environment = settings.Environment,
            AppLog = settings.AppLog ?? LogDestination.FileAndConsole,
            Location = app.Location,
        };
    }

    /// <summary>The ports of one app by the names of their fields.</summary>
    public static IEnumerable<(int Port, string Name)> Ports(SidecarOptions options) =>
        [(options.AppPort, "appPort"), (options.HttpPort, "daprHTTPPort"), (options.GrpcPort, "daprGRPCPort"), (options.MetricsPort, "metricsPort")];

    private static void RefuseTwice<T>(IEnumerable<(T Value, string What, AppPlan App)> values) where T : notnull
    {
        var first = new Dictionary<T, string>();
        foreach (var (value, what, app) in values)
        {
            if (!first.TryAdd(value, what))
            {
                throw new ResourceException(app.Location, $"{what} {value} is taken twice in this file{(first[value] == what ? "" : $"; the other is {first[value]}")}");
            }
        }
    }
}
