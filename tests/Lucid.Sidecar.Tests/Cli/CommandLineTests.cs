using System.Net;
using System.Net.Sockets;
using Lucid.Sidecar.Cli;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Tests.Resources;

namespace Lucid.Sidecar.Tests.Cli;

public sealed class CommandLineTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();
    private readonly Dictionary<string, string?> environment = [];

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(0, "help")]
    [InlineData(0, "--help")]
    [InlineData(0, "version")]
    [InlineData(2)]
    [InlineData(2, "frobnicate")]
    [InlineData(2, "run", "--frobnicate")]
    [InlineData(2, "run", "extra")]
    [InlineData(2, "run", "-f", "/no/such/dapr.yaml")]
    [InlineData(2, "run", "-f")]
    [InlineData(2, "start")]
    [InlineData(2, "status", "-f", "/no/such/dapr.yaml")]
    [InlineData(2, "--app-port", "80")]
    public async Task Exit_codes_tell_a_usage_error_from_a_clean_end(int expected, params string[] arguments)
    {
        Assert.Equal(expected, await RunAsync(arguments));
        Assert.NotEqual("", output.ToString() + errors);
    }

    [Theory]
    [InlineData("run", "-f", "x.yaml")]
    [InlineData("--app-id", "a")]
    public async Task Production_is_refused_and_points_to_daprd(params string[] arguments)
    {
        environment["ENVIRONMENT"] = "Production ";

        Assert.Equal(ExitCodes.Usage, await RunAsync(arguments));
        Assert.Contains("in production the sidecars are daprd", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Production_in_the_environment_of_one_app_is_refused_with_its_line()
    {
        var file = folder.Write("dapr.yaml", "version: 1\napps:\n  - { appDirPath: ., appID: a }\n  - { appDirPath: ., appID: b, env: { ENVIRONMENT: production } }\n");

        Assert.Equal(ExitCodes.Usage, await RunAsync("run", "-f", file));
        Assert.Contains($"{file}:4: ENVIRONMENT of b is production", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mistake_in_a_resource_file_stops_the_run_before_anything_is_started()
    {
        var bad = folder.Write("resources/bad.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Component\nmetadata: { name: s }\nspec: { type: a, hue: b }\n");
        var file = folder.Write("dapr.yaml", "version: 1\ncommon: { resourcesPaths: [resources] }\napps:\n  - { appDirPath: ., appID: a, command: [touch, started] }\n");

        Assert.Equal(ExitCodes.Usage, await RunAsync("run", "-f", file));

        Assert.StartsWith($"error: {bad}:4: field 'spec.hue' of kind Component is not supported", errors.ToString(), StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Path, "started")));
    }

    [Fact]
    public async Task A_policy_without_a_namespace_makes_the_sidecar_refuse_to_start()
    {
        var config = folder.Write("c.yaml", "apiVersion: dapr.io/v1alpha1\nkind: Configuration\nmetadata: { name: c }\nspec:\n  accessControl:\n    policies: [ { appId: a, trustDomain: t } ]\n");

        Assert.Equal(ExitCodes.Usage, await RunAsync("--app-id", "a", "--config", config, "--lucid-dir", Path.Combine(folder.Path, ".lucid")));
        Assert.Contains($"{config}:6: field 'spec.accessControl.policies[0].namespace' of kind Configuration is required", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_taken_port_is_named_with_its_holder()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var file = folder.Write("dapr.yaml", $"version: 1\napps:\n  - {{ appDirPath: ., appID: a, daprGRPCPort: {port} }}\n");

        Assert.Equal(ExitCodes.PortInUse, await RunAsync("run", "-f", file));

        Assert.StartsWith($"error: port {port} (Dapr gRPC port of a) is in use by process {Environment.ProcessId} (", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_running_is_said_so()
    {
        var file = folder.Write("dapr.yaml", "version: 1\napps: []\n");

        Assert.Equal(ExitCodes.Usage, await RunAsync("status", "-f", file));
        Assert.Contains("nothing runs from this run file", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCodes.AppFailed, await RunAsync("wait", "-f", file, "--timeout", "0.05"));
    }

    [Fact]
    public async Task A_folder_too_deep_for_a_socket_is_refused_with_a_remedy()
    {
        var file = folder.Write("dapr.yaml", "version: 1\napps: [ { appDirPath: ., appID: a } ]\n");

        Assert.Equal(ExitCodes.Usage, await RunAsync("run", "-f", file, "--lucid-dir", Path.Combine(folder.Path, new string('d', 100))));
        Assert.Contains("give a shorter folder with --lucid-dir", errors.ToString(), StringComparison.Ordinal);
    }

    private Task<int> RunAsync(params string[] arguments) =>
        new CommandLine(output, errors, environment.GetValueOrDefault, _ => new SidecarHost(new SidecarHostOptions())).RunAsync(arguments);
}
