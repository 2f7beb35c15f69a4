using System.Net;
using Grpc.Core;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Worlds;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Conformance.TokensAndHealth;

/// <summary>Statements 157 to 164.</summary>
public sealed class TokenTests(TokenWorld world) : IClassFixture<TokenWorld>
{
    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task S157_without_the_token_the_API_is_closed(string? token)
    {
        var answer = await world.GetAsync(world.Guarded, "/v1.0/state/store/k", token is null ? [] : [("dapr-api-token", token)]);
        await answer.IsAsync(401, "invalid api token");
        Assert.Equal("text/plain", answer.Content.Headers.ContentType!.MediaType);
        await (await world.GetAsync(world.Guarded, "/v1.0/state/store/k", ("dapr-api-token", TokenWorld.Token))).IsDoneAsync();
    }

    [Theory]
    [InlineData("/v1.0/healthz")]
    [InlineData("/v1.0/healthz/outbound")]
    public async Task S158_health_needs_no_token(string path) => await (await world.GetAsync(world.Guarded, path)).IsDoneAsync();

    [Fact]
    public async Task S159_a_way_through_the_health_path_needs_it() =>
        await (await world.GetAsync(world.Guarded, "/v1.0/healthz/../state/store/k")).IsAsync(401, "invalid api token");

    [Fact]
    public async Task S160_without_the_token_grpc_is_unauthenticated()
    {
        await world.Rpc(world.Guarded).GetMetadataAsync(new Proto.GetMetadataRequest()).IsRefusedAsync(StatusCode.Unauthenticated);
        Assert.Equal("guarded", (await world.Sdk(world.Guarded, TokenWorld.Token).GetMetadataAsync()).Id);
    }

    [Fact]
    public async Task S161_the_token_opens_the_proxy_too()
    {
        await Echo().IsRefusedAsync(StatusCode.Unauthenticated);
        Assert.Equal([1], await Echo(("dapr-api-token", TokenWorld.Token)));
        Assert.DoesNotContain(world.Echo.Calls, call => call.Headers.ContainsKey("dapr-api-token"));
    }

    [Fact]
    public async Task S162_a_denied_API_has_no_route()
    {
        await (await world.GetAsync(world.Denying, "/v1.0/state/store/k")).IsRefusedAsync(404, "ERR_DIRECT_INVOKE");
        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(world.Denying, "/v1.0/metadata")).StatusCode);
        await (await world.GetAsync(world.Allowing, "/v1.0/state/store/k")).IsRefusedAsync(404, "ERR_DIRECT_INVOKE");
        await (await world.GetAsync(world.Allowing, "/v1.0/invoke/echo/method/m")).IsRefusedAsync(404, "ERR_DIRECT_INVOKE");
    }

    [Fact]
    public async Task S163_a_denied_API_is_unimplemented_over_grpc()
    {
        foreach (var sidecar in new[] { world.Denying, world.Allowing })
        {
            await world.Rpc(sidecar).GetStateAsync(new Proto.GetStateRequest { StoreName = "store", Key = "k" }).IsRefusedAsync(StatusCode.Unimplemented);
            await world.Rpc(sidecar).GetMetadataAsync(new Proto.GetMetadataRequest());
        }
    }

    [Fact]
    public async Task S164_no_list_closes_the_health_path()
    {
        foreach (var path in new[] { "/v1.0/healthz", "/v1.0/healthz/outbound" })
        {
            await (await world.GetAsync(world.Allowing, path)).IsDoneAsync();
        }
    }

    private AsyncUnaryCall<byte[]> Echo(params (string Name, string Value)[] headers)
    {
        var metadata = new global::Grpc.Core.Metadata { { "dapr-app-id", "echo" } };
        foreach (var (name, value) in headers)
        {
            metadata.Add(name, value);
        }

        return world.Channel(world.Guarded).CreateCallInvoker().AsyncUnaryCall(GrpcEchoApp.Method("lucid.Echo", "Token"), null, new CallOptions(metadata), [1]);
    }
}
