using System.Text;
using Lucid.Contracts.Services;

namespace Lucid.DaprFiles;

/// <summary>The multi-app run files: dapr.yaml for the embedded runtime, dapr-run.yaml for the Dapr CLI. Neither holds a token.</summary>
internal static class RunFile
{
    public enum Target { Embedded, DaprCli }

    public static string Render(IReadOnlyList<ServiceDescription> services, Target target)
    {
        var components = target == Target.Embedded ? "../components/local" : "../components/redis";
        // The Dapr CLI resolves an app's paths from its folder, the embedded runtime from the run file.
        var configurations = target == Target.Embedded ? "config" : "../../../dapr/config-run";
        var yaml = new StringBuilder()
            .Append("version: 1\n")
            .Append("common:\n")
            .Append($"  resourcesPaths: [{components}, resources]\n")
            .Append("  maxBodySize: 16Mi\n")
            .Append("  env:\n    ENVIRONMENT: development\n    LOG_LEVEL: INFO\n")
            .Append("apps:\n");
        foreach (var service in services)
        {
            var folder = service.Project.Split('/')[^1];
            yaml.Append($"  - appID: {service.AppId}\n")
                .Append($"    appDirPath: ../{service.Project}\n")
                .Append($"    appPort: {service.AppPort}\n")
                .Append("    appProtocol: http\n")
                .Append($"    daprHTTPPort: {service.DaprHttpPort}\n")
                .Append($"    daprGRPCPort: {service.DaprGrpcPort}\n")
                .Append($"    daprInternalGRPCPort: {service.DaprInternalGrpcPort}\n")
                .Append($"    metricsPort: {service.DaprMetricsPort}\n")
                .Append($"    configFilePath: {configurations}/{service.AppId}.yaml\n")
                .Append("    env:\n")
                .Append($"      NAMESPACE: {service.Namespace}\n")
                .Append($"      SERVICE_NAME: {service.ServiceName}\n")
                .Append($"      PORT: \"{service.HostPort}\"\n");
            foreach (var (name, value) in DevelopmentEnvironment.For(service.AppId))
            {
                yaml.Append($"      {name}: \"{value}\"\n");
            }

            yaml.Append($"    command: [dotnet, bin/Release/net10.0/Lucid.{folder}.dll]\n");
        }

        return yaml.ToString();
    }
}
