using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Lucid.ApiGateway.Tests.Support;
using Lucid.Contracts.Access;

namespace Lucid.ApiGateway.Tests;

public sealed class GuardTests : IAsyncLifetime
{
    private const string Ingest = "/api/v1/sessions/s/ingest/1/0/0";
    private Gateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await Gateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("/api/v1/chain//height")]
    [InlineData("//api/v1/chain/height")]
    [InlineData("/api/v1/users/../chain/height")]
    [InlineData("/api/v1/chain/./height")]
    [InlineData("/api/v1/chain/blocks/%2e%2e/height")]
    [InlineData("/api/v1/chain/blocks/a%2fproof")]
    [InlineData("/api/v1/chain/blocks/a%2Fproof")]
    [InlineData("/api/v1/chain/blocks/a%5cproof")]
    [InlineData("/api/v1/chain/blocks/a%252fproof")]
    [InlineData("/api/v1/chain/blocks/a%3fx=1")]
    [InlineData("/api/v1/chain/blocks/a%23b")]
    [InlineData("/api/v1/chain/blocks/a;b")]
    [InlineData("/api/v1/chain/blocks/a%0d%0ab")]
    [InlineData("/api/v1/ch%61in/height")]
    [InlineData("http://127.0.0.1/api/v1/chain/height")]
    public async Task A_path_that_two_parsers_may_read_differently_is_refused(string target)
    {
        var answer = await _gateway.RawAsync($"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task A_value_is_escaped_again_on_its_way()
    {
        var answer = await _gateway.RawAsync("GET /api/v1/chain/blocks/a%20b%C3%A4+c?q=%2F%20 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", answer, StringComparison.Ordinal);
        Assert.Equal("/api/v1/blocks/a%20b%C3%A4%2Bc?q=%2F%20", Assert.Single(_gateway.Sidecar.Invocations).Path, ignoreCase: false);
    }

    [Theory]
    [InlineData("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n")]
    [InlineData("X-Fold: a\r\n b\r\nContent-Length: 2\r\n\r\n{}")]
    [InlineData("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}")]
    public async Task Ambiguous_framing_is_refused(string rest)
    {
        var answer = await _gateway.RawAsync($"POST /api/v1/chain/merkle/verify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n{rest}");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task A_verb_outside_of_the_list_is_405() =>
        Assert.StartsWith("HTTP/1.1 405", await _gateway.RawAsync("TRACE /api/v1/chain/height HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public async Task An_address_over_8_KiB_is_refused()
    {
        var answer = await _gateway.RawAsync($"GET /api/v1/chain/height?q={new string('a', 8192)} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        Assert.Matches("^HTTP/1.1 4(00|14)", answer);
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task What_comes_from_inside_only_is_stripped_and_the_ingest_token_passes_where_a_recording_goes()
    {
        using var client = _gateway.Client(_gateway.Sidecar.Tokens.Issue());
        foreach (var name in (string[])["dapr-caller-app-id", "dapr-app-id", "dapr-api-token", "X-Lucid-User-Id", "X-Lucid-Client-Address", "x-user-role", "X-Forwarded-For", "X-Forwarded-Host", "Forwarded", "X-Real-IP", "Cookie", "X-Hop"])
        {
            client.DefaultRequestHeaders.TryAddWithoutValidation(name, "forged");
        }

        client.DefaultRequestHeaders.Add(LucidHeaders.IngestToken, "secret-of-the-source");
        client.DefaultRequestHeaders.Add("Connection", "X-Hop");
        client.DefaultRequestHeaders.Add("Idempotency-Key", "kept");
        using var plain = await client.GetAsync("/api/v1/sessions");
        using var ingest = await client.SendAsync(RouteTests.Request(PublicRouteTable.All.Single(route => route.IsBinary)));

        Assert.Equal(HttpStatusCode.OK, ingest.StatusCode);
        var (first, second) = (_gateway.Sidecar.Invocations.First(), _gateway.Sidecar.Invocations.Last());
        Assert.DoesNotContain(first.Headers, header => header.Value.Contains("forged", StringComparison.Ordinal));
        Assert.Equal("127.0.0.1", first.Headers[LucidHeaders.ClientAddress]);
        Assert.Equal("kept", first.Headers["Idempotency-Key"]);
        Assert.False(first.Headers.ContainsKey(LucidHeaders.IngestToken));
        Assert.Equal("secret-of-the-source", second.Headers[LucidHeaders.IngestToken]);
    }

    [Fact]
    public async Task A_body_over_the_limit_of_its_route_is_refused_by_its_declared_length()
    {
        var token = _gateway.Sidecar.Tokens.Issue();
        var answer = await _gateway.RawAsync($"PUT {Ingest} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\nContent-Type: application/octet-stream\r\nContent-Length: 10485761\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("LUCID_ERR_4006", answer, StringComparison.Ordinal);
        answer = await _gateway.RawAsync("POST /api/v1/chain/merkle/verify HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 1048577\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 413", answer, StringComparison.Ordinal);
        Assert.Contains("LUCID_ERR_1010", answer, StringComparison.Ordinal);
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task A_body_without_a_length_is_measured_and_stops_at_the_limit()
    {
        using var client = _gateway.Client();
        using var small = await client.SendAsync(Chunked(2));
        Assert.Equal(HttpStatusCode.OK, small.StatusCode);
        Assert.Equal("2", _gateway.Sidecar.Invocations.Single().Headers["Content-Length"]);
        using var large = await client.SendAsync(Chunked((1 << 20) + 1));
        await large.AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "1010");
        Assert.Single(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task Bodies_need_their_media_type_and_octets_their_length()
    {
        using var client = _gateway.Client(_gateway.Sidecar.Tokens.Issue());
        using var xml = await client.PostAsync("/api/v1/chain/merkle/verify", new StringContent("<a/>", Encoding.UTF8, "application/xml"));
        await xml.AssertErrorAsync(HttpStatusCode.UnsupportedMediaType, "1003");
        using var json = await client.PutAsync(Ingest, new StringContent("{}", Encoding.UTF8, "application/json"));
        await json.AssertErrorAsync(HttpStatusCode.UnsupportedMediaType, "1003");
        using var message = Chunked(2, HttpMethod.Put, Ingest, "application/octet-stream");
        using var unmeasured = await client.SendAsync(message);
        await unmeasured.AssertErrorAsync(HttpStatusCode.BadRequest, "1002", "length_required");
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task Every_answer_has_the_headers_of_the_edge()
    {
        _gateway.Sidecar.OnInvoke = context =>
        {
            context.Response.Headers["X-Frame-Options"] = "ALLOWALL";
            context.Response.Headers["Access-Control-Allow-Origin"] = "*";
            return context.Response.WriteAsync("{}");
        };
        using var client = _gateway.Client();
        foreach (var path in (string[])["/api/v1/chain/height", "/nothing", "/api/v1/meta/info", "/a%2fb"])
        {
            using var response = await client.GetAsync(path);
            Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
            Assert.Equal("DENY", response.Headers.GetValues("X-Frame-Options").Single());
            Assert.Equal("no-referrer", response.Headers.GetValues("Referrer-Policy").Single());
            Assert.Equal("default-src 'none'; frame-ancestors 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
            Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
            Assert.False(response.Headers.Contains("Server"));
            Assert.True(Guid.TryParse(response.Headers.GetValues(LucidHeaders.RequestId).Single(), out _));
        }
    }

    [Fact]
    public async Task Only_listed_hosts_and_origins_are_served()
    {
        await using var gateway = await Gateway.StartAsync(["--ALLOWED_HOSTS=api.example.org", "--CORS_ORIGINS=https://app.example.org"]);
        foreach (var (host, status) in ((string, string)[])[("api.example.org", "200"), ("API.example.org:8080", "200"), ("api.example.org.", "400"), ("evil.example", "400")])
        {
            Assert.StartsWith("HTTP/1.1 " + status, await gateway.RawAsync($"GET /health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), StringComparison.Ordinal);
        }

        foreach (var (origin, allowed) in ((string, bool)[])[("https://app.example.org", true), ("https://evil.example", false)])
        {
            var answer = await gateway.RawAsync($"OPTIONS /api/v1/sessions HTTP/1.1\r\nHost: api.example.org\r\nOrigin: {origin}\r\nAccess-Control-Request-Method: POST\r\nConnection: close\r\n\r\n");
            Assert.Equal(allowed, answer.Contains("Access-Control-Allow-Origin: " + origin, StringComparison.Ordinal));
        }
    }

    private static HttpRequestMessage Chunked(int bytes, HttpMethod? verb = null, string path = "/api/v1/chain/merkle/verify", string type = "application/json")
    {
        var message = new HttpRequestMessage(verb ?? HttpMethod.Post, path) { Content = new ByteArrayContent(new byte[bytes]) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        message.Headers.TransferEncodingChunked = true;
        return message;
    }
}
