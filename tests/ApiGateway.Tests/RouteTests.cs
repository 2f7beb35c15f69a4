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

    public static TheoryData<string, string> Routes => [.. PublicRouteTable.All.Select(route => (route.Verb, route.Path))];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_public_route_reaches_its_owner_and_path(string verb, string path)
    {
        var route = PublicRouteTable.All.Single(r => r.Verb == verb && r.Path == path);
        var bearer = _gateway.Sidecar.Tokens.Issue(role: "super_admin");
        using var client = _gateway.Client(bearer);
        using var response = await client.SendAsync(Request(route));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        var invocation = Assert.Single(_gateway.Sidecar.Invocations);
        Assert.Equal((verb, route.App, Fill(route.Target) + "?page=2"), (invocation.Method, invocation.App, invocation.Path));
        Assert.Equal("Bearer " + bearer, invocation.Headers["Authorization"]);
        Assert.Equal(Gateway.SidecarToken, invocation.Headers["dapr-api-token"]);
        Assert.Equal("127.0.0.1", invocation.Headers[LucidHeaders.ClientAddress]);
        Assert.Equal(response.Headers.GetValues(LucidHeaders.RequestId).Single(), invocation.Headers[LucidHeaders.RequestId]);
    }

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task A_route_is_closed_without_the_credential_it_asks_for(string verb, string path)
    {
        var route = PublicRouteTable.All.Single(r => r.Verb == verb && r.Path == path);
        using var client = _gateway.Client();
        using var response = await client.SendAsync(Request(route));
        if (route.Access == RouteAccess.Public)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        await response.AssertErrorAsync(HttpStatusCode.Unauthorized, "2001");
        Assert.Equal("Bearer realm=\"lucid\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

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

    private static string Fill(string template) => string.Join('/', template.Split('/').Select(part => part.StartsWith('{') ? part[1..^1] + "-1" : part));

    private static bool Matches(string template, string path)
    {
        var (a, b) = (template.Split('/'), path.Split('/'));
        return a.Length == b.Length && a.Zip(b).All(pair => pair.First.StartsWith('{') || pair.First == pair.Second);
    }
}
