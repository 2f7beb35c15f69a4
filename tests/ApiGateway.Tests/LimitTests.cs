using System.Net;
using System.Text;
using Lucid.ApiGateway.Tests.Support;

namespace Lucid.ApiGateway.Tests;

public class LimitTests
{
    private const string Height = "/api/v1/chain/height";

    [Fact]
    public async Task The_request_after_the_limit_is_429_and_a_forged_address_does_not_help()
    {
        await using var gateway = await Gateway.StartAsync(["--RATE_LIMIT_ENABLED=true", "--RATE_LIMIT_PUBLIC_REQ_PER_MIN=5"]);
        using var client = gateway.Client();
        for (var i = 0; i < 5; i++)
        {
            client.DefaultRequestHeaders.Remove("X-Forwarded-For");
            client.DefaultRequestHeaders.Add("X-Forwarded-For", $"203.0.113.{i}");
            using var response = await client.GetAsync(Height);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.Equal("5", response.Headers.GetValues("X-RateLimit-Limit").Single());
            Assert.Equal($"{4 - i}", response.Headers.GetValues("X-RateLimit-Remaining").Single());
            Assert.StartsWith($"\"public\";r={4 - i};t=", response.Headers.GetValues("RateLimit").Single(), StringComparison.Ordinal);
        }

        using var refused = await client.GetAsync(Height);
        var error = await refused.AssertErrorAsync(HttpStatusCode.TooManyRequests, "3001", "rate_limited");
        Assert.Equal(5, error.GetProperty("details").GetProperty("limit").GetInt32());
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        using var known = gateway.Client(gateway.Sidecar.Tokens.Issue());
        using var user = await known.GetAsync(Height);
        Assert.Equal(HttpStatusCode.OK, user.StatusCode); // another tier, counted by user
    }

    [Fact]
    public async Task The_eleventh_login_of_a_minute_blocks_the_address_for_log_ins_only()
    {
        await using var gateway = await Gateway.StartAsync(["--RATE_LIMIT_ENABLED=true"]);
        using var client = gateway.Client();
        for (var i = 0; i < 10; i++)
        {
            using var response = await LoginAsync(client);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        using var refused = await LoginAsync(client);
        await refused.AssertErrorAsync(HttpStatusCode.TooManyRequests, "3003", "blocked");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 290, 300);
        using var other = await client.GetAsync(Height);
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
        Assert.Equal(11, gateway.Sidecar.Invocations.Count);
    }

    [Fact]
    public async Task A_user_is_counted_by_user_and_not_by_token()
    {
        await using var gateway = await Gateway.StartAsync(["--RATE_LIMIT_ENABLED=true", "--RATE_LIMIT_AUTH_REQ_PER_MIN=2"]);
        var user = Guid.NewGuid();
        foreach (var (sid, status) in ((string, HttpStatusCode)[])[("a", HttpStatusCode.OK), ("b", HttpStatusCode.OK), ("c", HttpStatusCode.TooManyRequests)])
        {
            using var client = gateway.Client(gateway.Sidecar.Tokens.Issue(user, sid));
            using var response = await client.GetAsync("/api/v1/sessions");
            Assert.Equal(status, response.StatusCode);
        }
    }

    [Fact]
    public async Task Behind_a_trusted_proxy_the_right_most_stranger_is_counted()
    {
        await using var gateway = await Gateway.StartAsync(["--RATE_LIMIT_ENABLED=true", "--RATE_LIMIT_PUBLIC_REQ_PER_MIN=1", "--TRUSTED_PROXIES=127.0.0.0/8,10.0.0.0/8"]);
        foreach (var (forwarded, status) in ((string, HttpStatusCode)[])
        [
            ("198.51.100.1, 203.0.113.1, 10.0.0.7", HttpStatusCode.OK),
            ("198.51.100.2, 203.0.113.1", HttpStatusCode.TooManyRequests),
            ("198.51.100.2, 203.0.113.2", HttpStatusCode.OK),
            ("2001:db8::1", HttpStatusCode.OK),
            ("2001:db8::2", HttpStatusCode.TooManyRequests),
        ])
        {
            using var client = gateway.Client();
            client.DefaultRequestHeaders.Add("X-Forwarded-For", forwarded);
            using var response = await client.GetAsync(Height);
            Assert.Equal(status, response.StatusCode);
        }

        Assert.Equal("203.0.113.1", gateway.Sidecar.Invocations.First().Headers[LucidHeaders.ClientAddress]);
    }

    [Fact]
    public async Task Development_limits_nobody_unless_told_to()
    {
        await using var gateway = await Gateway.StartAsync();
        using var client = gateway.Client();
        for (var i = 0; i < 30; i++)
        {
            using var response = await LoginAsync(client);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            Assert.False(response.Headers.Contains("X-RateLimit-Limit"));
        }
    }

    private static Task<HttpResponseMessage> LoginAsync(HttpClient client) =>
        client.PostAsync("/api/v1/auth/login", new StringContent("{}", Encoding.UTF8, "application/json"));
}
