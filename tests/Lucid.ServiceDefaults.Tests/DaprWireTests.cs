using System.Text.Json;
using Dapr.Client;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults.Entities;
using Lucid.ServiceDefaults.Tests.Support;
using Microsoft.Extensions.Configuration;

namespace Lucid.ServiceDefaults.Tests;

/// <summary>The real Dapr client against the gRPC API of a sidecar.</summary>
public sealed class DaprWireTests : IAsyncLifetime
{
    private static readonly CancellationToken None = CancellationToken.None;

    private readonly SharedStore _store = new();
    private FakeDaprGrpc _grpc = null!;
    private WebApplication _sidecar = null!;
    private ServiceProvider _services = null!;

    public async ValueTask InitializeAsync()
    {
        _grpc = new FakeDaprGrpc(_store);
        _sidecar = await _grpc.StartAsync();
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["DAPR_GRPC_ENDPOINT"] = _sidecar.Urls.Single(), ["DAPR_HTTP_ENDPOINT"] = "http://127.0.0.1:9" })
            .Build();
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddDaprClient();
        _services = services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        await _sidecar.DisposeAsync();
    }

    [Fact]
    public async Task Create_update_and_delete_happen_once_per_etag()
    {
        var state = new DaprStateClient(_services.GetRequiredService<DaprClient>(), "state-sessions");
        Assert.Null(await state.GetAsync("k", None));
        Assert.True(await state.SaveAsync("k", "{}"u8.ToArray(), null, TimeSpan.FromSeconds(1.2), None));
        Assert.False(await state.SaveAsync("k", "{}"u8.ToArray(), null, null, None));
        Assert.Equal("2", _grpc.Saved[0].States[0].Metadata["ttlInSeconds"]);
        Assert.Equal(Dapr.Client.Autogen.Grpc.v1.StateOptions.Types.StateConcurrency.ConcurrencyFirstWrite, _grpc.Saved[0].States[0].Options.Concurrency);

        var first = (await state.GetAsync("k", None))!;
        Assert.True(await state.SaveAsync("k", """{"n":1}"""u8.ToArray(), first.ETag, null, None));
        Assert.False(await state.SaveAsync("k", """{"n":2}"""u8.ToArray(), first.ETag, null, None));
        Assert.False(await state.DeleteAsync("k", first.ETag, None));

        var many = await state.GetManyAsync(["none", "k"], None);
        Assert.Null(many[0]);
        Assert.Equal("""{"n":1}"""u8.ToArray(), many[1]!.Value.ToArray());
        Assert.True(await state.DeleteAsync("k", many[1]!.ETag, None));
        Assert.False(await state.DeleteAsync("k", many[1]!.ETag, None));
    }

    [Fact]
    public async Task An_event_travels_as_a_cloud_event_of_our_own_making()
    {
        var faults = new List<string>();
        var runtime = ServiceRuntime.Read(
            ServiceTable.Get(AppIds.SessionApi),
            new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["APP_API_TOKEN"] = "t" }).Build(),
            faults.Add);
        Assert.Empty(faults);
        IEventPublisher publisher = new DaprEventPublisher(_services.GetRequiredService<DaprClient>(), runtime);
        await publisher.PublishAsync(Topics.Sessions, EventTypes.SessionCreated, "s1", new { SessionId = "s1" }, TimeProvider.System, None);

        var sent = Assert.Single(_grpc.Published);
        Assert.Equal(("lucid-pubsub", "lucid.sessions", "application/cloudevents+json"), (sent.PubsubName, sent.Topic, sent.DataContentType));
        var envelope = JsonDocument.Parse(sent.Data.Memory).RootElement;
        Assert.Equal("1.0", envelope.GetProperty("specversion").GetString());
        Assert.Equal(7, envelope.GetProperty("id").GetGuid().Version);
        Assert.Equal(EventTypes.SessionCreated, envelope.GetProperty("type").GetString());
        Assert.Equal(AppIds.SessionApi, envelope.GetProperty("source").GetString());
        Assert.Equal("s1", envelope.GetProperty("partitionkey").GetString());
        Assert.Equal("s1", envelope.GetProperty("data").GetProperty("session_id").GetString());
        Assert.Equal(envelope.GetProperty("id").GetString(), TopicEvent.Parse(envelope)!.Id);
    }
}
