using Dapr.Client;
using Google.Protobuf;
using Grpc.Core;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Conformance.State;

/// <summary>Statements 39 to 49, through the SDK where it shows what is stated and through the generated client otherwise.</summary>
public sealed class StateGrpcTests(StateWorld world) : IClassFixture<StateWorld>
{
    private readonly Proto.Dapr.DaprClient rpc = world.Rpc(world.One);
    private readonly DaprClient sdk = world.Sdk(world.One);

    [Fact]
    public async Task S039_an_absent_key_has_no_data_and_no_etag()
    {
        var answer = await rpc.GetStateAsync(new Proto.GetStateRequest { StoreName = "store", Key = "s39" });
        Assert.Equal((0, ""), (answer.Data.Length, answer.Etag));
    }

    [Fact]
    public async Task S040_a_stale_etag_aborts_a_save()
    {
        var stale = await SavedAsync("s40");
        await SavedAsync("s40");
        await SaveAsync(Item("s40", "3", etag: stale)).IsRefusedAsync(StatusCode.Aborted);
    }

    [Fact]
    public async Task S042_an_empty_key_is_an_invalid_argument() => await SaveAsync(Item("", "1")).IsRefusedAsync(StatusCode.InvalidArgument);

    [Fact]
    public async Task S043_an_unknown_store_is_an_invalid_argument_and_none_a_failed_precondition()
    {
        await Get(world.One).IsRefusedAsync(StatusCode.InvalidArgument);
        await Get(world.Storeless).IsRefusedAsync(StatusCode.FailedPrecondition);

        AsyncUnaryCall<Proto.GetStateResponse> Get(SidecarSpec at) => world.Rpc(at).GetStateAsync(new Proto.GetStateRequest { StoreName = "nowhere", Key = "k" });
    }

    [Fact]
    public async Task S044_bytes_come_back_unchanged()
    {
        var bytes = Enumerable.Range(0, 256).Select(number => (byte)number).ToArray();
        await sdk.SaveByteStateAsync("store", "s44", bytes);
        Assert.Equal(bytes, (await sdk.GetByteStateAsync("store", "s44")).ToArray());
    }

    [Fact]
    public async Task S045_data_that_is_declared_JSON_must_be_JSON()
    {
        var item = Item("s45", "{not json");
        item.Metadata["contentType"] = "application/json";
        await Assert.ThrowsAsync<RpcException>(async () => await SaveAsync(item));
        Assert.Empty((await rpc.GetStateAsync(new Proto.GetStateRequest { StoreName = "store", Key = "s45" })).Data);
    }

    [Fact]
    public async Task S046_a_stale_etag_aborts_a_delete()
    {
        var stale = await SavedAsync("s46");
        await SavedAsync("s46");
        await rpc.DeleteStateAsync(new Proto.DeleteStateRequest { StoreName = "store", Key = "s46", Etag = new Proto.Etag { Value = stale } }).IsRefusedAsync(StatusCode.Aborted);
    }

    [Fact]
    public async Task S047_a_bulk_read_returns_every_key()
    {
        await SavedAsync("s47");
        var items = await sdk.GetBulkStateAsync("store", ["s47", "s47-absent"], parallelism: 2);
        Assert.Equal([("s47", "1"), ("s47-absent", "")], items.Select(item => (item.Key, item.Value)).Order());
    }

    [Fact]
    public async Task S048_the_sdk_answers_false_to_a_stale_etag()
    {
        await sdk.SaveStateAsync("store", "s48", 1);
        var (_, stale) = await sdk.GetStateAndETagAsync<int>("store", "s48");
        Assert.True(await sdk.TrySaveStateAsync("store", "s48", 2, stale));
        Assert.False(await sdk.TrySaveStateAsync("store", "s48", 3, stale));
        Assert.False(await sdk.TryDeleteStateAsync("store", "s48", stale));
        Assert.Equal(2, await sdk.GetStateAsync<int>("store", "s48"));
    }

    [Fact]
    public async Task S049_the_sdk_reads_a_missing_key_as_the_default_value_without_etag()
    {
        var (value, etag) = await sdk.GetStateAndETagAsync<string?>("store", "s49");
        Assert.Equal((null, ""), (value, etag));
    }

    private static Proto.StateItem Item(string key, string value, string? etag = null) => new()
    {
        Key = key, Value = ByteString.CopyFromUtf8(value), Etag = etag is null ? null : new Proto.Etag { Value = etag },
    };

    private AsyncUnaryCall<Google.Protobuf.WellKnownTypes.Empty> SaveAsync(Proto.StateItem item) =>
        rpc.SaveStateAsync(new Proto.SaveStateRequest { StoreName = "store", States = { item } });

    private async Task<string> SavedAsync(string key)
    {
        await SaveAsync(Item(key, "1"));
        return (await rpc.GetStateAsync(new Proto.GetStateRequest { StoreName = "store", Key = key })).Etag;
    }
}
