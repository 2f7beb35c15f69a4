using System.Net;
using Google.Protobuf.Reflection;
using Grpc.Reflection.V1Alpha;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;
using Microsoft.AspNetCore.Http;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Conformance.Resiliency;

/// <summary>Statements 213 to 215 and 217; 216 is with the deliveries.</summary>
public sealed class ResiliencyTests(ResiliencyWorld world) : IClassFixture<ResiliencyWorld>
{
    [Theory]
    [InlineData("retried", 500, 3)]
    [InlineData("retried", 404, 3)]
    [InlineData("retried", 200, 1)]
    [InlineData("narrow", 500, 3)]
    [InlineData("narrow", 404, 1)]
    public async Task S213_an_apps_policy_repeats_what_it_matches(string app, int status, int calls)
    {
        var path = $"/s213-{app}-{status}";
        world.App.On(path, (_, http) =>
        {
            http.Response.StatusCode = status;
            return http.Response.WriteAsync("answer");
        });
        var answer = await world.PostAsync(world.Caller, $"/v1.0/invoke/{app}/method{path}", "whole body");
        await answer.IsAsync(status, "answer");
        Assert.Equal(Enumerable.Repeat("whole body", calls), world.App.Exactly(path).Select(request => request.Text));
    }

    [Fact]
    public async Task S214_an_app_over_its_time_is_an_error()
    {
        var over = new TaskCompletionSource();
        world.App.On("/s214", (_, http) => over.Task.WaitAsync(http.RequestAborted));
        await (await world.GetAsync(world.Caller, "/v1.0/invoke/slow/method/s214")).IsRefusedAsync(500, "ERR_DIRECT_INVOKE");
        over.SetResult();
    }

    [Fact]
    public async Task S215_an_open_breaker_fails_without_a_call()
    {
        world.App.On("/s215", (_, http) =>
        {
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        for (var call = 0; call < 2; call++)
        {
            Assert.Equal(HttpStatusCode.InternalServerError, (await world.GetAsync(world.Caller, "/v1.0/invoke/broken/method/s215")).StatusCode);
        }

        await (await world.GetAsync(world.Caller, "/v1.0/invoke/broken/method/s215")).IsRefusedAsync(500, "ERR_DIRECT_INVOKE");
        Assert.Equal(2, world.App.Exactly("/s215").Count);
    }

    [Fact]
    public async Task S217_reflection_lists_every_call_of_the_runtime()
    {
        using var call = new ServerReflection.ServerReflectionClient(world.Channel(world.Caller)).ServerReflectionInfo();
        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "dapr.proto.runtime.v1.Dapr" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await call.RequestStream.CompleteAsync();
        var listed = call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto
            .Select(FileDescriptorProto.Parser.ParseFrom)
            .SelectMany(file => file.Service)
            .Single(service => service.Name == "Dapr").Method.Select(method => method.Name);
        Assert.Empty(Proto.Dapr.Descriptor.Methods.Select(method => method.Name).Except(listed));
    }
}
