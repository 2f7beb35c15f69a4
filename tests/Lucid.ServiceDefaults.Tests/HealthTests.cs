using System.Net;
using System.Text.Json;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public class HealthTests
{
    [Fact]
    public async Task Health_names_service_version_and_dependencies()
    {
        await using var service = await TestService.StartAsync();
        using var client = service.Client(caller: null, token: null);
        var body = JsonDocument.Parse(await client.GetStringAsync("/health")).RootElement;
        Assert.Equal("healthy", body.GetProperty("status").GetString());
        Assert.Equal(AppIds.SessionApi, body.GetProperty("service").GetString());
        Assert.Equal("healthy", body.GetProperty("dependencies").GetProperty("sidecar").GetString());
        Assert.True(body.GetProperty("uptime_s").GetInt64() >= 0);
        Assert.EndsWith("Z", body.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
        Assert.NotEmpty(body.GetProperty("version").GetString()!);
    }

    [Fact]
    public async Task A_service_is_live_but_not_ready_without_its_sidecar()
    {
        await using var service = await TestService.StartAsync();
        service.Sidecar.IsHealthy = false;
        using var client = service.Client(caller: null, token: null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/health/live")).StatusCode);
        Assert.Contains("dependency_up{service=\"lucid-session-api\",dependency=\"sidecar\"} 0", await client.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_optional_dependency_degrades_and_results_are_kept_for_five_seconds()
    {
        var asked = 0;
        await using var service = await TestService.StartAsync(builder => builder.Services.AddDependencyCheck("search", critical: false, (_, _) =>
        {
            Interlocked.Increment(ref asked);
            throw new InvalidOperationException("down");
        }));
        using var client = service.Client(caller: null, token: null);
        for (var n = 0; n < 5; n++)
        {
            var body = JsonDocument.Parse(await client.GetStringAsync("/health/ready")).RootElement;
            Assert.Equal("degraded", body.GetProperty("status").GetString());
            Assert.Equal("unhealthy", body.GetProperty("dependencies").GetProperty("search").GetString());
        }

        Assert.Equal(1, asked);
    }

    [Fact]
    public async Task A_dependency_that_hangs_counts_as_down()
    {
        await using var service = await TestService.StartAsync(builder => builder.Services.AddDependencyCheck(
            "stuck", critical: true, async (_, _) => await new TaskCompletionSource<bool>().Task));
        using var client = service.Client(caller: null, token: null);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await client.GetAsync("/health/ready")).StatusCode);
    }

    [Fact]
    public async Task The_health_check_argument_asks_the_running_service()
    {
        await using var service = await TestService.StartAsync();
        string[] arguments = [.. TestService.Arguments(service.Sidecar), $"--PORT={new Uri(service.Urls[0]).Port}", "--healthcheck"];
        await using var probe = Example.ExampleService.Build(arguments);
        Assert.Equal(0, await probe.RunLucidAsync(arguments));
        await service.DisposeAsync();
        Assert.Equal(1, await probe.RunLucidAsync(arguments));
    }

    [Fact]
    public async Task Metrics_carry_the_names_and_labels_of_the_contract()
    {
        await using var service = await TestService.StartAsync();
        using var client = service.Client();
        await client.GetAsync("/test/fail");
        await client.GetAsync("/nowhere/at/all");
        using var local = service.Client(caller: null, token: null);
        await local.GetAsync("/dapr/subscribe");
        var text = await local.GetStringAsync("/metrics");
        Assert.Contains("http_requests_total{service=\"lucid-session-api\",method=\"GET\",endpoint=\"/test/fail\",status=\"500\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("http_requests_total{service=\"lucid-session-api\",method=\"GET\",endpoint=\"unmatched\",status=\"404\"} 1", text, StringComparison.Ordinal);
        Assert.Contains("endpoint=\"/dapr/subscribe\"", text, StringComparison.Ordinal); // mapped without a leading slash by the SDK
        Assert.Contains("http_request_duration_seconds_bucket{service=\"lucid-session-api\",endpoint=\"/test/fail\",le=\"0.005\"}", text, StringComparison.Ordinal);
        Assert.Contains("lucid_build_info{service=\"lucid-session-api\",version=", text, StringComparison.Ordinal);
        Assert.Contains("process_", text, StringComparison.Ordinal);
    }
}
