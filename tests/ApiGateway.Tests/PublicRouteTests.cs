using System.Net;
using Lucid.ApiGateway.Tests.Support;
using Lucid.Contracts.Access;
using Lucid.Contracts.Services;

namespace Lucid.ApiGateway.Tests;

/// <summary>Each route of the table, through one gateway.</summary>
public sealed class PublicRouteTests : IClassFixture<PublicRouteTests.Edge>
{
    private readonly Gateway _gateway;

    public PublicRouteTests(Edge edge)
    {
        _gateway = edge.Gateway;
        _gateway.Sidecar.Invocations.Clear();
    }

    public static TheoryData<string, string> Routes => [.. PublicRouteTable.All.Select(route => (route.Verb, route.Path))];

    [Theory]
    [MemberData(nameof(Routes))]
    public async Task Every_public_route_reaches_its_owner_and_path(string verb, string path)
    {
        var route = PublicRouteTable.All.Single(r => r.Verb == verb && r.Path == path);
        var bearer = _gateway.Sidecar.Tokens.Issue(role: "super_admin");
        using var client = _gateway.Client(bearer);
        using var response = await client.SendAsync(RouteTests.Request(route));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);

        var invocation = Assert.Single(_gateway.Sidecar.Invocations);
        Assert.Equal((verb, AppId.From(AppIds.ApiGateway, route.App), RouteTests.Fill(route.Target) + "?page=2"), (invocation.Method, invocation.App, invocation.Path));
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
        using var response = await client.SendAsync(RouteTests.Request(route));
        if (route.Access == RouteAccess.Public)
        {
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
            return;
        }

        await response.AssertErrorAsync(HttpStatusCode.Unauthorized, "2001");
        Assert.Equal("Bearer realm=\"lucid\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    public sealed class Edge : IAsyncLifetime
    {
        internal Gateway Gateway { get; private set; } = null!;

        public async ValueTask InitializeAsync() => Gateway = await Gateway.StartAsync();

        public ValueTask DisposeAsync() => Gateway.DisposeAsync();
    }
}
