using Dapr.Client;
using Grpc.Core;
using Grpc.Net.Client;
using Grpc.Reflection.V1Alpha;
using Lucid.Sidecar.Grpc;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.State.InMemory;
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

    [Fact]
    public async Task A_denied_api_is_unimplemented_and_the_others_are_not()
    {
        var configuration = ResourceSet.Empty.Configuration with { ApiDenied = [new ApiRule("state", "v1", "grpc"), new ApiRule("secrets", "v1", "http")] };
        await using var sidecar = await TestSidecar.StartAsync(new TestParts(configuration: configuration));

        Assert.Equal(StatusCode.Unimplemented, await CodeAsync(() => Client(sidecar).GetStateAsync(new() { StoreName = "s", Key = "k" }).ResponseAsync));
        Assert.Equal(StatusCode.FailedPrecondition, await CodeAsync(() => Client(sidecar).GetSecretAsync(new() { StoreName = "s", Key = "k" }).ResponseAsync));
    }

    [Fact]
    public async Task An_allow_list_shuts_everything_else()
    {
        var configuration = ResourceSet.Empty.Configuration with { ApiAllowed = [new ApiRule("state", "v1", "grpc")] };
        await using var sidecar = await TestSidecar.StartAsync(await new TestParts(configuration: configuration).AddAsync(new InMemoryStateStoreFactory()));

        Assert.Equal("", (await Client(sidecar).GetStateAsync(new() { StoreName = "store", Key = "k" })).Etag);
        Assert.Equal(StatusCode.Unimplemented, await CodeAsync(() => Client(sidecar).GetSecretAsync(new() { StoreName = "s", Key = "k" }).ResponseAsync));
    }

    [Theory]
    [InlineData("v1.0", "daprd ignores state v1.0 for grpc; write v1")]
    [InlineData("v7", "there is no API state v7 for grpc")]
    public void A_rule_that_daprd_would_not_match_is_named(string version, string warning)
    {
        var list = ApiAccessList.Of(ResourceSet.Empty.Configuration with { ApiDenied = [new ApiRule("state", version, "grpc")] });

        Assert.Contains(warning, Assert.Single(list.Warnings), StringComparison.Ordinal);
        Assert.Equal(version == "v7", list.Allows("GetState"));
    }

    [Fact]
    public async Task Calls_are_counted_by_method_and_status()
    {
        var parts = new TestParts();
        await using var sidecar = await TestSidecar.StartAsync(parts);

        await CodeAsync(() => Client(sidecar).GetStateAsync(new() { StoreName = "s", Key = "k" }).ResponseAsync);

        using var stream = new MemoryStream();
        await parts.Registry.CollectAndExportAsTextAsync(stream);
        Assert.Contains(
            "dapr_grpc_io_server_completed_rpcs{app_id=\"app\",grpc_server_method=\"/dapr.proto.runtime.v1.Dapr/GetState\",grpc_server_status=\"FAILED_PRECONDITION\"} 1",
            System.Text.Encoding.UTF8.GetString(stream.ToArray()),
            StringComparison.Ordinal);
    }

    private static Proto.Dapr.DaprClient Client(TestSidecar sidecar) => new(GrpcChannel.ForAddress(sidecar.GrpcAddress));

    private static Task<StatusCode> CodeAsync<T>(Func<Task<T>> call) => DaprClientStateTests.CodeAsync(call);

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
