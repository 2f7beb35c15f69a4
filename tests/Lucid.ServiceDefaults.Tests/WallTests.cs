using System.Net;
using System.Net.Sockets;
using System.Text;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public sealed class WallTests : IAsyncLifetime
{
    private TestService _service = null!;

    public async ValueTask InitializeAsync() => _service = await TestService.StartAsync();

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("wrong")]
    [InlineData(TestService.AppToken + "x")]
    public async Task Without_the_sidecars_token_nothing_but_probes_answers(string? token)
    {
        using var client = _service.Client(token: token);
        foreach (var path in (string[])["/api/v1/notes/x", "/test/unlisted", "/dapr/subscribe", "/nothing", "/internal/v1/catalogue"])
        {
            await (await client.GetAsync(path)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2001", "sidecar_token");
        }
    }

    [Fact]
    public async Task Probes_answer_without_a_token_as_long_as_no_app_asks()
    {
        using var local = _service.Client(caller: null, token: null);
        foreach (var path in (string[])["/health", "/health/live", "/health/ready", "/metrics"])
        {
            Assert.Equal(HttpStatusCode.OK, (await local.GetAsync(path)).StatusCode);
        }

        using var remote = _service.Client();
        await (await remote.GetAsync("/health")).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "caller_not_allowed");
        await (await remote.GetAsync("/metrics")).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "caller_not_allowed");
    }

    [Fact]
    public async Task A_listed_caller_verb_and_template_pass()
    {
        using var client = _service.Client();
        Assert.Equal(HttpStatusCode.InternalServerError, (await client.GetAsync("/test/fail")).StatusCode);
        Assert.Equal("below", await client.GetStringAsync("/test/below/a/b"));
    }

    [Theory]
    [InlineData(AppIds.SessionRecorder, null, "GET", "/test/fail")]
    [InlineData(AppIds.ApiGateway, Namespaces.Wallet, "GET", "/test/fail")]
    [InlineData(AppIds.ApiGateway, "", "GET", "/test/fail")]
    [InlineData(AppIds.PaymentGateway, Namespaces.Main, "GET", "/test/fail")]
    [InlineData("lucid-api-gateway.lucid", null, "GET", "/test/fail")]
    [InlineData("LUCID-API-GATEWAY", null, "GET", "/test/fail")]
    [InlineData("", null, "GET", "/test/fail")]
    [InlineData("stranger", null, "GET", "/test/fail")]
    [InlineData(AppIds.ApiGateway, null, "GET", "/test/unlisted")]
    [InlineData(AppIds.ApiGateway, null, "HEAD", "/test/fail")]
    [InlineData(AppIds.ApiGateway, null, "GET", "/internal/v1/catalogue")]
    public async Task What_the_matrix_does_not_list_is_refused(string caller, string? ns, string verb, string path)
    {
        using var client = _service.Client(caller, ns: ns);
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path));
        if (verb == "HEAD")
        {
            Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.Forbidden, HttpStatusCode.MethodNotAllowed]);
        }
        else
        {
            await response.AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "caller_not_allowed");
        }
    }

    [Theory]
    [InlineData("GET", "/dapr/subscribe")]
    [InlineData("POST", "/subscriptions/lucid.chain")]
    [InlineData("POST", "/internal/self/tick")]
    public async Task Routes_of_the_own_sidecar_refuse_any_calling_app(string verb, string path)
    {
        using var remote = _service.Client();
        await (await remote.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path))).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "sidecar_only");

        using var own = _service.Client(caller: null);
        Assert.NotEqual(HttpStatusCode.Forbidden, (await own.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path))).StatusCode);
    }

    [Fact]
    public async Task The_token_alone_opens_no_ordinary_route()
    {
        using var own = _service.Client(caller: null);
        await (await own.GetAsync("/test/fail")).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "caller_missing");
        await (await own.GetAsync("/internal/v1/catalogue")).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "caller_missing");
    }

    [Fact]
    public async Task Two_caller_headers_are_refused()
    {
        var response = await RawAsync("/test/fail", $"dapr-caller-app-id: {AppIds.ApiGateway}", $"dapr-caller-app-id: {AppIds.SessionApi}");
        Assert.StartsWith("HTTP/1.1 403", response, StringComparison.Ordinal);
        Assert.Contains("caller_ambiguous", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/test/below/%2e%2e/fail")]
    [InlineData("/test/%2E/fail")]
    [InlineData("/test/f%61il")]
    [InlineData("/test/%2561il")]
    [InlineData("/test/fail%25")]
    [InlineData("/test/fai%6c?x=1")]
    [InlineData("/test/%7Efail")]
    [InlineData("/test/%4")]
    public async Task A_path_that_two_parsers_may_read_differently_is_a_bad_request(string target)
    {
        var response = await RawAsync(target, $"dapr-caller-app-id: {AppIds.ApiGateway}", $"dapr-caller-namespace: {Namespaces.Main}");
        Assert.StartsWith("HTTP/1.1 400", response, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/api/v1/notes/a%20b")]
    [InlineData("/test/fail?x=%41%2e%25")]
    [InlineData("/test/%C3%A9")]
    public async Task Necessary_encodings_and_queries_pass_the_filter(string target)
    {
        var response = await RawAsync(target, $"dapr-caller-app-id: {AppIds.ApiGateway}", $"dapr-caller-namespace: {Namespaces.Main}");
        Assert.DoesNotContain("ambiguous_path", response, StringComparison.Ordinal);
        Assert.False(response.StartsWith("HTTP/1.1 400", StringComparison.Ordinal), response);
    }

    [Fact]
    public async Task Without_a_token_in_the_configuration_the_service_does_not_start()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        string[] arguments = [.. TestService.Arguments(sidecar).Where(a => !a.StartsWith("--APP_API_TOKEN", StringComparison.Ordinal))];
        await using var refused = Example.ExampleService.Build(arguments);
        var fault = await Assert.ThrowsAsync<LucidConfigurationException>(() => refused.StartAsync());
        Assert.Contains(fault.Faults, f => f.StartsWith("APP_API_TOKEN:", StringComparison.Ordinal));

        await using var production = Example.ExampleService.Build([.. arguments, "--LUCID_ALLOW_NO_TOKEN=true", "--ENVIRONMENT=production"]);
        await Assert.ThrowsAsync<LucidConfigurationException>(() => production.StartAsync());
    }

    // HttpClient tidies paths and joins headers before it sends them: these requests are written by hand.
    private async Task<string> RawAsync(string target, params string[] headers)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, new Uri(_service.Urls[0]).Port);
        await using var stream = socket.GetStream();
        string[] lines = [$"GET {target} HTTP/1.1", "Host: localhost", $"dapr-api-token: {TestService.AppToken}", "Connection: close", .. headers, "", ""];
        await stream.WriteAsync(Encoding.ASCII.GetBytes(string.Join("\r\n", lines)));
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}
