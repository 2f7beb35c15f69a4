using Lucid.Sidecar.Cli;
using Microsoft.Extensions.Logging;

namespace Lucid.Sidecar.Tests.Cli;

public sealed class DaprdFlagsTests
{
    [Fact]
    public void Flags_are_read_with_one_or_two_dashes_and_an_equals_sign_or_a_blank()
    {
        var flags = Parse(
            "--app-id", "shop", "-app-port=8085", "--dapr-http-port=3600", "-dapr-grpc-port", "50010", "--dapr-internal-grpc-port", "50002", "--metrics-port", "9191",
            "--app-protocol", "h2c", "--app-max-concurrency", "-1", "--max-body-size", "16Mi", "--read-buffer-size", "8Ki", "--dapr-listen-addresses", "127.0.0.1,[::1]",
            "--enable-app-health-check", "--app-health-check-path", "/h", "--app-health-probe-interval", "2", "--app-health-probe-timeout", "100", "--app-health-threshold", "5",
            "--dapr-graceful-shutdown-seconds", "9", "--disable-init-endpoints", "config,subscribe", "--log-as-json", "--log-level", "debug", "--enable-metrics=false",
            "--enable-mtls=false", "--resources-path", "/r1", "--resources-path", "/r2", "--components-path", "/c", "--config", "/1.yaml", "--config", "/2.yaml", "--",
            "dotnet", "run", "--app-id", "not-mine");

        var options = flags.Plan.Options;
        Assert.Equal(("shop", 8085, 3600, 50010, 50002, 9191), (options.AppId, options.AppPort, options.HttpPort, options.GrpcPort, options.InternalGrpcPort, options.MetricsPort));
        Assert.Equal(("h2c", -1, 16 << 20, 8 << 10), (options.AppProtocol, options.AppMaxConcurrency, options.MaxBodySize, options.ReadBufferSize));
        Assert.Equal(["127.0.0.1", "[::1]"], options.ListenAddresses);
        Assert.Equal((true, "/h", 2, 100, 5), (options.EnableAppHealthCheck, options.AppHealthCheckPath, options.AppHealthProbeInterval.TotalSeconds, options.AppHealthProbeTimeout.TotalMilliseconds, options.AppHealthThreshold));
        Assert.Equal(TimeSpan.FromSeconds(9), options.GracefulShutdown);
        Assert.Equal(["config", "subscribe"], options.DisabledInitEndpoints.Order());
        Assert.True(options.LogAsJson);
        Assert.Equal((LogLevel.Debug, false, false), (flags.LogLevel, flags.MetricsEnabled, flags.MutualAuthentication));
        Assert.Equal(["/r1", "/r2", "/c"], flags.Plan.ResourcePaths);
        Assert.Equal(["/1.yaml", "/2.yaml"], flags.Plan.ConfigFiles);
        Assert.Equal(["dotnet", "run", "--app-id", "not-mine"], flags.Plan.Command);
        Assert.Empty(flags.Warnings);
    }

    [Fact]
    public void What_is_not_given_has_daprds_default()
    {
        var options = Parse("--app-id", "a").Plan.Options;

        Assert.Equal((3500, 50001, 9090, 0, 4 << 20), (options.HttpPort, options.GrpcPort, options.MetricsPort, options.AppPort, options.MaxBodySize));
        Assert.Equal("default", options.Namespace);
        Assert.Null(options.ApiToken);
        Assert.Null(options.AppApiToken);
        Assert.Null(options.InternalGrpcPort);
    }

    [Fact]
    public void Namespace_and_tokens_come_from_the_environment()
    {
        var environment = new Dictionary<string, string?> { ["NAMESPACE"] = "lucid", ["DAPR_API_TOKEN"] = "t1", ["APP_API_TOKEN"] = "t2" };

        var options = DaprdFlags.Parse(["--app-id", "a"], environment.GetValueOrDefault).Plan.Options;

        Assert.Equal(("lucid", "t1", "t2"), (options.Namespace, options.ApiToken, options.AppApiToken));
    }

    [Fact]
    public void Flags_without_effect_and_unknown_ones_are_accepted_with_a_warning()
    {
        var warnings = Parse(
            "--app-id", "a", "--placement-host-address", "p:1", "--enable-profiling", "--allowed-origins", "*", "--made-up", "x", "--made-up-switch", "--mode", "standalone", "--wait").Warnings;

        Assert.Equal(
            [
                "--placement-host-address has no effect in the embedded runtime", "--enable-profiling has no effect in the embedded runtime",
                "--allowed-origins has no effect in the embedded runtime", "--made-up is not known and is ignored", "--made-up-switch is not known and is ignored",
            ],
            warnings);
    }

    public static TheoryData<string[], string> Mistakes => new()
    {
        { ["--app-port", "80"], "--app-id is required" },
        { ["--app-id", "a.b"], "must not contain a dot" },
        { ["--app-id"], "--app-id needs a value" },
        { ["--app-id", "a", "--app-port", "x"], "--app-port x: must be a whole number from 0 to 65535" },
        { ["--app-id", "a", "--app-port", "3500"], "port 3500 is given to appPort and daprHTTPPort" },
        { ["--app-id", "a", "--app-protocol", "smtp"], "must be one of http, https, h2c, grpc, grpcs" },
        { ["--app-id", "a", "--max-body-size", "big"], "must be a size" },
        { ["--app-id", "a", "--mode", "kubernetes"], "--mode kubernetes is not supported" },
        { ["--app-id", "a", "--log-level", "loud"], "--log-level loud" },
        { ["--app-id", "a", "--disable-init-endpoints", "x"], "known are config and subscribe" },
        { ["--app-id", "a", "--enable-metrics=maybe"], "must be true or false" },
        { ["--app-id", "a", "dotnet", "run"], "the command of the app stands after --" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_mistake_says_what_to_write(string[] arguments, string message) =>
        Assert.Contains(message, Assert.Throws<UsageException>(() => Parse(arguments)).Message, StringComparison.Ordinal);

    private static DaprdFlags Parse(params string[] arguments) => DaprdFlags.Parse(arguments, _ => null);
}
