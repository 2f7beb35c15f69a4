using Dapr;
using Dapr.Client;
using Google.Protobuf;
using Grpc.Core;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Grpc;
using Lucid.Sidecar.State.InMemory;
using Lucid.Sidecar.State.Sqlite;
using Lucid.Sidecar.Tests.State;
using Microsoft.Extensions.DependencyInjection;
using Proto = Dapr.Client.Autogen.Grpc.v1;

namespace Lucid.Sidecar.Tests.Grpc;

/// <summary>The .NET SDK against the service, over both stores.</summary>
public sealed class DaprClientStateTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private TestSidecar sidecar = null!;
    private ServiceProvider services = null!;
    private DaprClient client = null!;

    public async ValueTask InitializeAsync()
    {
        var parts = await new TestParts().AddAsync(new InMemoryStateStoreFactory(), "memory");
        await parts.AddAsync(new SqliteStateStoreFactory(), "sqlite", ("connectionString", folder["state.db"]));
        sidecar = await TestSidecar.StartAsync(parts);
        var collection = new ServiceCollection();
        collection.AddLogging();
        collection.AddDaprClient(builder => builder.UseGrpcEndpoint(sidecar.GrpcAddress).UseHttpEndpoint(sidecar.HttpAddress));
        services = collection.BuildServiceProvider();
        client = services.GetRequiredService<DaprClient>();
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await sidecar.DisposeAsync();
        folder.Dispose();
    }

    public static TheoryData<string> Stores => ["memory", "sqlite"];

    [Theory, MemberData(nameof(Stores))]
    public async Task A_missing_key_is_the_default_value_with_an_empty_etag(string store)
    {
        var (value, etag) = await client.GetStateAndETagAsync<Order?>(store, "absent");

        Assert.Null(value);
        Assert.Equal("", etag);
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_stale_etag_is_false_and_the_right_one_is_true(string store)
    {
        await client.SaveStateAsync(store, "order", new Order(1, "new"));
        var (_, first) = await client.GetStateAndETagAsync<Order>(store, "order");

        Assert.True(await client.TrySaveStateAsync(store, "order", new Order(1, "paid"), first));
        Assert.False(await client.TrySaveStateAsync(store, "order", new Order(1, "lost"), first));
        Assert.False(await client.TryDeleteStateAsync(store, "order", first));

        var (order, second) = await client.GetStateAndETagAsync<Order>(store, "order");
        Assert.Equal(new Order(1, "paid"), order);
        Assert.True(await client.TryDeleteStateAsync(store, "order", second));
        Assert.Null(await client.GetStateAsync<Order?>(store, "order"));
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task First_write_creates_once(string store)
    {
        var firstWrite = new StateOptions { Concurrency = ConcurrencyMode.FirstWrite };
        await client.SaveStateAsync(store, "unique", new Order(1, "first"), firstWrite);

        var refused = await Assert.ThrowsAsync<DaprException>(() => client.SaveStateAsync(store, "unique", new Order(2, "second"), firstWrite));

        Assert.Equal(StatusCode.Aborted, Assert.IsType<RpcException>(refused.InnerException).StatusCode);
        Assert.Equal(new Order(1, "first"), await client.GetStateAsync<Order>(store, "unique"));
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task Bytes_come_back_as_they_were_saved(string store)
    {
        byte[] bytes = [0, 255, 128, (byte)'"', 10, 0];
        await client.SaveByteStateAsync(store, "raw", bytes);

        Assert.Equal(bytes, (await client.GetByteStateAsync(store, "raw")).ToArray());
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task A_transaction_with_a_stale_etag_changes_nothing(string store)
    {
        await client.SaveStateAsync(store, "a", 1);
        await client.SaveStateAsync(store, "b", 1);
        StateTransactionRequest Upsert(string key, string? etag) => new(key, "2"u8.ToArray(), StateOperationType.Upsert, etag);

        await Assert.ThrowsAsync<DaprException>(() => client.ExecuteStateTransactionAsync(store, [Upsert("a", null), Upsert("b", "stale")]));
        Assert.Equal(1, await client.GetStateAsync<int>(store, "a"));

        await client.ExecuteStateTransactionAsync(store, [Upsert("a", null), new("b", null!, StateOperationType.Delete)]);
        Assert.Equal(2, await client.GetStateAsync<int>(store, "a"));
        Assert.Equal(0, await client.GetStateAsync<int>(store, "b"));
    }

    [Theory, MemberData(nameof(Stores))]
    public async Task Bulk_get_returns_every_key_and_bulk_delete_removes(string store)
    {
        await client.SaveBulkStateAsync(store, [new SaveStateItem<int>("x", 1, ""), new SaveStateItem<int>("y", 2, "")]);

        var items = await client.GetBulkStateAsync(store, ["x", "absent", "y"], parallelism: 2);
        Assert.Equal([("x", "1"), ("absent", ""), ("y", "2")], items.Select(item => (item.Key, item.Value)));

        await client.DeleteBulkStateAsync(store, [new BulkDeleteStateItem("x", items[0].ETag), new BulkDeleteStateItem("y", items[2].ETag)]);
        Assert.All(await client.GetBulkStateAsync(store, ["x", "y"], null), item => Assert.Equal("", item.Value));
    }

    [Fact]
    public async Task Refusals_have_the_codes_of_daprd()
    {
        var grpc = Grpc();

        Assert.Equal(StatusCode.InvalidArgument, await CodeAsync(() => grpc.GetStateAsync(new() { StoreName = "other", Key = "k" }).ResponseAsync));
        Assert.Equal(StatusCode.InvalidArgument, await CodeAsync(() => grpc.SaveStateAsync(Save("memory", "")).ResponseAsync));
        Assert.Equal(StatusCode.InvalidArgument, await CodeAsync(() => grpc.GetStateAsync(new() { StoreName = "memory", Key = "a||b" }).ResponseAsync));
        Assert.Equal(StatusCode.Internal, await CodeAsync(() => grpc.QueryStateAlpha1Async(new() { StoreName = "memory", Query = "{}" }).ResponseAsync));
        Assert.Equal(StatusCode.Aborted, await CodeAsync(() => grpc.DeleteStateAsync(
            new() { StoreName = "memory", Key = "k", Etag = new() { Value = "stale" } }).ResponseAsync));
        var json = Save("memory", "k");
        json.States[0].Metadata["contentType"] = "application/json";
        json.States[0].Value = ByteString.CopyFromUtf8("{not json");
        Assert.Equal(StatusCode.InvalidArgument, await CodeAsync(() => grpc.SaveStateAsync(json).ResponseAsync));
    }

    [Fact]
    public async Task A_refusal_carries_its_reason_in_the_status_details()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Grpc().GetStateAsync(new() { StoreName = "other", Key = "k" }));

        var details = Google.Rpc.Status.Parser.ParseFrom(refused.Trailers.GetValueBytes("grpc-status-details-bin"));
        var info = details.Details[0].Unpack<Google.Rpc.ErrorInfo>();
        Assert.Equal(("DAPR_STATE_NOT_FOUND", "dapr.io", "app"), (info.Reason, info.Domain, info.Metadata["appID"]));
        Assert.Equal("state store other is not found", refused.Status.Detail);
    }

    [Fact]
    public async Task A_live_time_to_live_is_told_and_an_absent_key_is_empty()
    {
        var grpc = Grpc();
        var save = Save("sqlite", "short");
        save.States[0].Metadata["ttlInSeconds"] = "600";
        await grpc.SaveStateAsync(save);

        Assert.Matches("^[0-9T:-]+Z$", (await grpc.GetStateAsync(new() { StoreName = "sqlite", Key = "short" })).Metadata["ttlExpireTime"]);
        var absent = await grpc.GetStateAsync(new() { StoreName = "sqlite", Key = "absent" });
        Assert.Equal((0, ""), (absent.Data.Length, absent.Etag));
    }

    [Fact]
    public async Task A_method_without_an_engine_is_refused_by_name()
    {
        var refused = await Assert.ThrowsAsync<RpcException>(async () => await Grpc().TryLockAlpha1Async(new()));

        Assert.Equal(StatusCode.Unimplemented, refused.StatusCode);
        Assert.Contains("TryLockAlpha1", refused.Status.Detail, StringComparison.Ordinal);
        Assert.Equal(StatusCode.Unimplemented, await CodeAsync(() => Grpc().InvokeActorAsync(new()).ResponseAsync));
    }

    private Proto.Dapr.DaprClient Grpc() => new(global::Grpc.Net.Client.GrpcChannel.ForAddress(sidecar.GrpcAddress));

    private static Proto.SaveStateRequest Save(string store, string key) =>
        new() { StoreName = store, States = { new Proto.StateItem { Key = key, Value = ByteString.CopyFromUtf8("1") } } };

    internal static async Task<StatusCode> CodeAsync<T>(Func<Task<T>> call) =>
        (await Assert.ThrowsAsync<RpcException>(call)).StatusCode;

    private sealed record Order(int Id, string State);
}
