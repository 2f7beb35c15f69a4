using System.Net;
using System.Text;
using Lucid.ApiGateway.Tests.Support;
using Lucid.Contracts.Access;

namespace Lucid.ApiGateway.Tests;

public sealed class RouteTests : IAsyncLifetime
{
    private Gateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await Gateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/api/v2/sessions")]
    [InlineData("GET", "/API/v1/sessions")]
    [InlineData("GET", "/api/v1/Sessions")]
    [InlineData("GET", "/api/v1/sessions/")]
    [InlineData("GET", "/api/v1/sessions/x/unlisted")]
    [InlineData("GET", "/api/v1/blocks")]
    [InlineData("GET", "/metrics")]
    [InlineData("POST", "/metrics")]
    [InlineData("GET", "/health/live")]
    [InlineData("GET", "/health/ready")]
    [InlineData("GET", "/dapr/subscribe")]
    [InlineData("GET", "/dapr/config")]
    [InlineData("POST", "/subscriptions/lucid.auth")]
    [InlineData("GET", "/subscriptions/lucid.auth")]
    [InlineData("GET", "/internal/v1/catalogue")]
    [InlineData("GET", "/internal/v1/keys/x")]
    [InlineData("GET", "/v1.0/invoke/lucid-auth-service/method/users/me")]
    [InlineData("GET", "/v1.0/state/state-gateway/denial")]
    [InlineData("GET", "/openapi/v1.json")]
    public async Task What_the_table_does_not_list_does_not_exist(string verb, string path)
    {
        using var client = _gateway.Client(_gateway.Sidecar.Tokens.Issue(role: "super_admin"));
        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(verb), path));
        await response.AssertErrorAsync(HttpStatusCode.NotFound, "4001");
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task A_verb_that_a_path_does_not_list_is_405_with_the_listed_ones()
    {
        using var client = _gateway.Client(_gateway.Sidecar.Tokens.Issue(role: "super_admin"));
        foreach (var path in PublicRouteTable.All.Select(route => route.Path).Distinct())
        {
            foreach (var verb in ((string[])["GET", "PUT", "POST", "PATCH", "DELETE"]).Where(verb => !PublicRouteTable.All.Any(r => r.Path == path && r.Verb == verb)))
            {
                // A literal segment may also be a value of a neighbour's parameter: such a pair is a route.
                if (PublicRouteTable.All.Any(r => r.Verb == verb && Matches(r.Path, Fill(path))))
                {
                    continue;
                }

                using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(verb), Fill(path)));
                await response.AssertErrorAsync(HttpStatusCode.MethodNotAllowed, "4003");
                Assert.NotEmpty(response.Content.Headers.Allow);
            }
        }

        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task A_method_override_is_not_heard()
    {
        using var client = _gateway.Client(_gateway.Sidecar.Tokens.Issue());
        using var message = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sessions/a1");
        message.Headers.Add("X-HTTP-Method-Override", "DELETE");
        using var response = await client.SendAsync(message);
        var invocation = Assert.Single(_gateway.Sidecar.Invocations);
        Assert.Equal("GET", invocation.Method);
        Assert.False(invocation.Headers.ContainsKey("X-HTTP-Method-Override"));
    }

    [Fact]
    public async Task The_gateway_answers_for_itself()
    {
        using var client = _gateway.Client();
        Assert.Contains("\"api-gateway\"", await client.GetStringAsync("/api/v1/meta/info"), StringComparison.Ordinal);
        Assert.Contains("\"supported_versions\":[\"v1\"]", await client.GetStringAsync("/api/v1/meta/version"), StringComparison.Ordinal);
        foreach (var path in (string[])["/health", "/api/v1/meta/health"])
        {
            var health = await client.GetStringAsync(path);
            Assert.Contains("\"status\":\"healthy\"", health, StringComparison.Ordinal);
            Assert.DoesNotContain("dependencies", health, StringComparison.Ordinal);
        }

        using var inside = new HttpClient { BaseAddress = _gateway.Inside };
        Assert.Contains("dependencies", await inside.GetStringAsync("/health"), StringComparison.Ordinal);
        Assert.Contains("lucid_build_info", await inside.GetStringAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sidecar_facing_listener_serves_no_public_route()
    {
        using var inside = new HttpClient { BaseAddress = _gateway.Inside };
        inside.DefaultRequestHeaders.Add("dapr-api-token", "app-token-of-the-test");
        using var response = await inside.GetAsync("/api/v1/chain/height");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    internal static HttpRequestMessage Request(PublicRoute route)
    {
        var message = new HttpRequestMessage(new HttpMethod(route.Verb), Fill(route.Path) + "?page=2");
        if (route.IsBinary)
        {
            message.Content = new ByteArrayContent([1, 2, 3]);
            message.Content.Headers.ContentType = new("application/octet-stream");
        }
        else if (route.Verb is "POST" or "PUT")
        {
            message.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        return message;
    }

    internal static string Fill(string template) => string.Join('/', template.Split('/').Select(part => part.StartsWith('{') ? part[1..^1] + "-1" : part));

    private static bool Matches(string template, string path)
    {
        var (a, b) = (template.Split('/'), path.Split('/'));
        return a.Length == b.Length && a.Zip(b).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);
    }
}
