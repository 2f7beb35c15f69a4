using System.Net;
using System.Text.Json;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public class DescriptionTests
{
    [Fact]
    public async Task With_debug_the_api_is_described_in_snake_case_with_its_errors()
    {
        await using var service = await TestService.StartAsync(null, null, "--DEBUG=true");
        using var client = service.Client(caller: null, token: null);
        var text = await client.GetStringAsync("/openapi/v1.json");
        var post = JsonDocument.Parse(text).RootElement.GetProperty("paths").GetProperty("/api/v1/notes").GetProperty("post");
        Assert.Equal("CreateNote", post.GetProperty("operationId").GetString());
        Assert.Contains("request_id", text, StringComparison.Ordinal);
        Assert.True(post.GetProperty("responses").TryGetProperty("default", out _));
        Assert.DoesNotContain("/subscriptions/", text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/scalar/v1")).StatusCode);
    }

    [Fact]
    public async Task Without_debug_there_is_no_description()
    {
        await using var service = await TestService.StartAsync();
        using var client = service.Client(caller: null);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("/openapi/v1.json")).StatusCode);
    }

    [Fact]
    public async Task Traces_are_made_only_when_an_endpoint_is_configured()
    {
        await using var traced = await TestService.StartAsync(null, null, "--OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:9");
        Assert.NotNull(traced.Services.GetService<OpenTelemetry.Trace.TracerProvider>());
        await using var plain = await TestService.StartAsync();
        Assert.Null(plain.Services.GetService<OpenTelemetry.Trace.TracerProvider>());
    }
}
