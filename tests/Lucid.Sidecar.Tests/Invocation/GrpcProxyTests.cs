using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Tests.Hosting;

namespace Lucid.Sidecar.Tests.Invocation;

public sealed class GrpcProxyTests
{
    private static readonly SourceLocation Here = new("policy.yaml", 1);

    [Fact]
    public async Task A_unary_call_reaches_the_app_with_its_metadata_and_trailers()
    {
        await using var app = await GrpcEcho.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync(Mesh.Options("callee", app.Port) with { AppProtocol = "grpc", AppApiToken = "app-secret" });
        var caller = await mesh.StartAsync(Mesh.Options("caller") with { ApiToken = "api-secret" });
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");

        using var call = channel.CreateCallInvoker().AsyncUnaryCall(
            GrpcEcho.Say, null, Options(("dapr-app-id", "callee"), ("dapr-api-token", "api-secret")), new StringValue { Value = "hello" });

        Assert.Equal("HELLO from caller with app-secret", (await call).Value);
        Assert.Equal("yes", call.GetTrailers().GetValue("x-trailer"));
    }

    [Fact]
    public async Task Streams_flow_both_ways_at_once()
    {
        await using var app = await GrpcEcho.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync(Mesh.Options("callee", app.Port) with { AppProtocol = "grpc" });
        var caller = await mesh.StartAsync("caller");
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");

        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(GrpcEcho.Talk, null, Options(("dapr-app-id", "callee")));
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(new StringValue { Value = $"m{i}" });
            Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Equal($"M{i}", call.ResponseStream.Current.Value);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData(null, null, StatusCode.Unauthenticated)]
    [InlineData("wrong", "callee", StatusCode.Unauthenticated)]
    [InlineData("secret", null, StatusCode.Unknown)]
    [InlineData("secret", "nobody", StatusCode.Internal)]
    [InlineData("secret", "plain", StatusCode.FailedPrecondition)]
    public async Task Calls_that_cannot_be_passed_on_get_a_status(string? token, string? target, StatusCode code)
    {
        await using var mesh = new Mesh();
        await mesh.StartAsync(Mesh.Options("plain", 1) with { EnableAppHealthCheck = true });
        var caller = await mesh.StartAsync(Mesh.Options("caller") with { ApiToken = "secret" });
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");
        (string, string)[] metadata = [.. token is null ? [] : new[] { ("dapr-api-token", token) }, .. target is null ? [] : new[] { ("dapr-app-id", target) }];

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await channel.CreateCallInvoker().AsyncUnaryCall(GrpcEcho.Say, null, Options(metadata), new StringValue()));

        Assert.Equal(code, error.StatusCode);
    }

    [Theory]
    [InlineData("/test.Echo/Say", true)]
    [InlineData("/test.echo/Say", false)]
    [InlineData("/test.Echo/Talk", false)]
    public async Task The_callee_judges_the_whole_method_name(string operation, bool allowed)
    {
        await using var app = await GrpcEcho.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync(
            Mesh.Options("callee", app.Port) with { AppProtocol = "grpc" },
            Mesh.Resources(new AccessControlSpec(
                "deny", "public", [new AccessPolicy("caller", "public", "lucid", "deny", [new AccessOperation(operation, [], "allow", Here)], Here)], Here)));
        var caller = await mesh.StartAsync("caller");
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");

        var call = channel.CreateCallInvoker().AsyncUnaryCall(GrpcEcho.Say, null, Options(("dapr-app-id", "callee")), new StringValue { Value = "x" });

        if (allowed)
        {
            Assert.StartsWith("X", (await call).Value);
            return;
        }

        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task A_denied_or_unknown_runtime_method_is_unimplemented()
    {
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync("self", null, ResourceSet.Empty with
        {
            Configuration = ResourceSet.Empty.Configuration with { ApiDenied = [new ApiRule("state", "v1", "grpc")] },
        });
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{sidecar.GrpcPort}");
        var client = new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel);

        var error = await Assert.ThrowsAsync<RpcException>(async () => await client.GetStateAsync(new Dapr.Client.Autogen.Grpc.v1.GetStateRequest()));

        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
        Assert.Equal("requested endpoint is not available", error.Status.Detail);
    }

    private static CallOptions Options(params (string Name, string Value)[] metadata)
    {
        var headers = new global::Grpc.Core.Metadata();
        foreach (var (name, value) in metadata)
        {
            headers.Add(name, value);
        }

        return new CallOptions(headers, DateTime.UtcNow.AddSeconds(20), TestContext.Current.CancellationToken);
    }
}
