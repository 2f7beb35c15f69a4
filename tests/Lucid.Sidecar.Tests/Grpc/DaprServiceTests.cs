using Dapr.Client;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Lucid.Sidecar.Grpc;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Tests.State;
using Microsoft.Extensions.DependencyInjection;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Tests.Grpc;

public sealed class DaprServiceTests
{
    [Fact]
    public async Task The_sdk_publishes_alone_and_in_bulk()
    {
        var publish = new RecordingPublisher();
        await using var sidecar = await TestSidecar.StartAsync(new TestParts { Publish = publish });
        await using var services = Sdk(sidecar);
        var client = services.GetRequiredService<DaprClient>();

        await client.PublishEventAsync("broker", "orders", new { id = 1 });
        var answer = await client.BulkPublishEventAsync("broker", "orders", ["a", "fails"]);

        var single = Assert.Single(publish.Calls);
        Assert.Equal(("broker", "orders", "application/json", "{\"id\":1}"), (single.PubSubName, single.Topic, single.ContentType, Text(single.Data)));
        Assert.Equal(["0", "1"], Assert.Single(publish.BulkCalls).Entries.Select(entry => entry.EntryId));
        Assert.Equal("1", Assert.Single(answer.FailedEntries).Entry.EntryId);
    }

    [Fact]
    public async Task A_refused_publish_keeps_its_code()
    {
        var publish = new RecordingPublisher
        {
            Refusal = new DaprError("ERR_PUBSUB_FORBIDDEN", "topic t is not allowed for app id app", 403, StatusCode.PermissionDenied),
        };
        await using var sidecar = await TestSidecar.StartAsync(new TestParts { Publish = publish });

        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Client(sidecar).PublishEventAsync(new() { PubsubName = "p", Topic = "t" }));

        Assert.Equal((StatusCode.PermissionDenied, "topic t is not allowed for app id app"), (refused.StatusCode, refused.Status.Detail));
    }

    [Fact]
    public async Task Reflection_serves_the_whole_descriptor_of_the_service()
    {
        await using var sidecar = await TestSidecar.StartAsync(new TestParts());
        using var channel = GrpcChannel.ForAddress(sidecar.GrpcAddress);
        using var call = new ServerReflection.ServerReflectionClient(channel).ServerReflectionInfo();

        await call.RequestStream.WriteAsync(new ServerReflectionRequest { FileContainingSymbol = "dapr.proto.runtime.v1.Dapr" });
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        await call.RequestStream.CompleteAsync();

        var file = call.ResponseStream.Current.FileDescriptorResponse.FileDescriptorProto
            .Select(Google.Protobuf.Reflection.FileDescriptorProto.Parser.ParseFrom)
            .Single(proto => proto.Name == "dapr/proto/runtime/v1/dapr.proto");
        Assert.Equal(
            Proto.Dapr.Descriptor.Methods.Select(method => method.Name),
            file.Service.Single(service => service.Name == "Dapr").Method.Select(method => method.Name));
    }

    private static Proto.Dapr.DaprClient Client(TestSidecar sidecar) => new(GrpcChannel.ForAddress(sidecar.GrpcAddress));

    private static string Text(ReadOnlyMemory<byte> data) => System.Text.Encoding.UTF8.GetString(data.Span);

    private static ServiceProvider Sdk(TestSidecar sidecar)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddDaprClient(builder => builder.UseGrpcEndpoint(sidecar.GrpcAddress).UseHttpEndpoint(sidecar.HttpAddress));
        return services.BuildServiceProvider();
    }

    private sealed class RecordingPublisher : IPublishApi
    {
        public List<PublishCall> Calls { get; } = [];
        public List<BulkPublishCall> BulkCalls { get; } = [];
        public DaprError? Refusal { get; init; }

        public Task PublishAsync(PublishCall call, CancellationToken cancellationToken)
        {
            Calls.Add(call);
            return Refusal is null ? Task.CompletedTask : throw new DaprApiException(Refusal);
        }

        public Task<IReadOnlyList<BulkPublishCallFailure>> BulkPublishAsync(BulkPublishCall call, CancellationToken cancellationToken)
        {
            BulkCalls.Add(call);
            return Task.FromResult<IReadOnlyList<BulkPublishCallFailure>>(
                [.. call.Entries.Where(entry => Text(entry.Data).Contains("fails", StringComparison.Ordinal)).Select(entry => new BulkPublishCallFailure(entry.EntryId, "refused"))]);
        }
    }
}
