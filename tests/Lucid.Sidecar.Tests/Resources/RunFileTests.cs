using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Supervision;

namespace Lucid.Sidecar.Tests.Resources;

public sealed class RunFileTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public RunFileTests()
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, "services", "shop"));
        Directory.CreateDirectory(Path.Combine(folder.Path, "dapr", "resources"));
        folder.Write("dapr/config/shop.yaml", "");
        folder.Write("services/shop/own.yaml", "");
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Common_settings_apply_to_apps_that_do_not_set_them()
    {
        var apps = Read("""
            version: 1
            common:
              resourcesPaths: [resources]
              maxBodySize: 16Mi
              appProtocol: h2c
              appHealthProbeInterval: 7
              env: { NAMESPACE: lucid, LEVEL: 1 }
            apps:
              - appID: shop
                appDirPath: ../services/shop
                appPort: 8085
                daprHTTPPort: 18085
                daprGRPCPort: 28085
                daprInternalGRPCPort: 24085
                metricsPort: 22085
                configFilePath: config/shop.yaml
                env: { LEVEL: 2, DEBUG: true }
                command: [dotnet, run, --port, 8085]
                appLogDestination: console
              - appID: till
                appDirPath: .
                appProtocol: http
                enableAppHealthCheck: true
                appHealthCheckPath: /health
                apiListenAddresses: "127.0.0.1,[::1]"
                env: { NAMESPACE: lucid-wallet }
            """);

        var shop = apps[0];
        Assert.Equal(("shop", "lucid", 8085, 18085, 28085, 22085), (shop.Options.AppId, shop.Options.Namespace, shop.Options.AppPort, shop.Options.HttpPort, shop.Options.GrpcPort, shop.Options.MetricsPort));
        Assert.Null(shop.Options.InternalGrpcPort);
        Assert.Equal((16 << 20, "h2c", TimeSpan.FromSeconds(7)), (shop.Options.MaxBodySize, shop.Options.AppProtocol, shop.Options.AppHealthProbeInterval));
        Assert.Equal(("2", "true", "lucid"), (shop.Environment["LEVEL"], shop.Environment["DEBUG"], shop.Environment["NAMESPACE"]));
        Assert.Equal(["dotnet", "run", "--port", "8085"], shop.Command);
        Assert.Equal(Path.Combine(folder.Path, "services", "shop"), shop.Directory);
        Assert.Equal([Path.Combine(folder.Path, "dapr", "resources")], shop.ResourcePaths);
        Assert.Equal([Path.Combine(folder.Path, "dapr", "config", "shop.yaml")], shop.ConfigFiles);
        Assert.Equal(LogDestination.Console, shop.AppLog);
        Assert.Equal(Path.Combine(folder.Path, "dapr"), shop.Options.BaseDirectory);

        var till = apps[1];
        Assert.Equal(("http", true, "/health", "lucid-wallet"), (till.Options.AppProtocol, till.Options.EnableAppHealthCheck, till.Options.AppHealthCheckPath, till.Options.Namespace));
        Assert.Equal(["127.0.0.1", "[::1]"], till.Options.ListenAddresses);
        Assert.Equal("1", till.Environment["LEVEL"]);
        Assert.Empty(till.Command);
        Assert.Equal(LogDestination.FileAndConsole, till.AppLog);
    }

    [Fact]
    public void Paths_of_an_app_start_from_its_folder_as_the_dapr_cli_reads_them()
    {
        var app = Assert.Single(Read("version: 1\napps: [ { appDirPath: ../services/shop, configFilePath: own.yaml } ]\n"));

        Assert.Equal([Path.Combine(folder.Path, "services", "shop", "own.yaml")], app.ConfigFiles);
        Assert.Equal("shop", app.Options.AppId);
    }

    public static TheoryData<string, int, string> Mistakes => new()
    {
        { "apps: []\n", 1, "field 'version' of kind run file is required" },
        { "version: 2\napps: []\n", 1, "must be a whole number from 1 to 1" },
        { "version: 1\n", 1, "field 'apps' of kind run file is required" },
        { "version: 1\nservices: []\n", 1, "is required and lists at least one app" },
        { "version: 1\nservices: []\napps: [ { appDirPath: . , appID: a } ]\n", 2, "field 'services' of kind run file is not supported" },
        { "version: 1\napps:\n  - appID: a\n", 3, "field 'apps[0].appDirPath' of kind run file is required" },
        { "version: 1\napps:\n  - appDirPath: nowhere\n", 3, "names 'nowhere', which is not found in" },
        { "version: 1\napps:\n  - appDirPath: .\n    appID: a.b\n", 4, "must not contain a dot" },
        { "version: 1\napps:\n  - appDirPath: .\n    appID: a b\n", 4, "must consist of letters, digits, '-' and '_'" },
        { "version: 1\napps:\n  - appDirPath: .\n    appPort: 70000\n", 4, "must be a whole number from 1 to 65535" },
        { "version: 1\napps:\n  - appDirPath: .\n    appPort: \"80\"\n", 4, "must be a whole number from 1 to 65535 without quotes" },
        { "version: 1\napps:\n  - appDirPath: .\n    daprHttpPort: 80\n", 4, "field 'apps[0].daprHttpPort' of kind run file is not supported" },
        { "version: 1\napps:\n  - appDirPath: .\n    appID: a\n    appProtocol: smtp\n", 5, "must be one of http, https, h2c, grpc, grpcs" },
        { "version: 1\napps:\n  - appDirPath: .\n    appID: a\n    maxBodySize: big\n", 5, "must be a size" },
        { "version: 1\napps:\n  - appDirPath: .\n    appID: a\n    appLogDestination: nowhere\n", 5, "must be one of console, file, fileAndConsole" },
        { "version: 1\ncommon:\n  env:\n    APP_API_TOKEN: x\napps: [ { appDirPath: . , appID: a } ]\n", 3, "must not hold APP_API_TOKEN" },
        { "version: 1\ncommon:\n  appID: a\napps: [ { appDirPath: . , appID: a } ]\n", 3, "field 'common.appID' of kind run file is not supported" },
        { "version: 1\ncommon:\n  resourcesPaths: [gone]\napps: [ { appDirPath: . , appID: a } ]\n", 3, "names 'gone', which is not found in" },
        { "version: 1\napps:\n  - { appDirPath: ., appID: a }\n  - { appDirPath: ., appID: a }\n", 4, "app-id a is taken twice in this file" },
        { "version: 1\napps:\n  - { appDirPath: ., appID: a, appPort: 81 }\n  - { appDirPath: ., appID: b, metricsPort: 81 }\n", 4, "port (metricsPort of b) 81 is taken twice in this file; the other is port (appPort of a)" },
        { "version: 1\napps:\n  - { appDirPath: ., appID: a, appPort: 81, daprHTTPPort: 81 }\n", 3, "port (daprHTTPPort of a) 81 is taken twice" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_is_named_with_file_line_and_field(string yaml, int line, string message)
    {
        var error = Assert.Throws<ResourceException>(() => Read(yaml));

        Assert.StartsWith($"{Path.Combine(folder.Path, "dapr", "dapr.yaml")}:{line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<AppPlan> Read(string yaml) => RunFileParser.Read(folder.Write("dapr/dapr.yaml", yaml));
}
