using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.State;

/// <summary>Statements 209 to 212. Each event goes to the topic <c>orders</c>; what was to be published earlier has arrived when a later one has.</summary>
public sealed class OutboxTests : IAsyncLifetime
{
    private readonly World world = new();
    private RecordingApp app = null!;
    private SidecarSpec sidecar = new("outbox-app");

    public async ValueTask InitializeAsync()
    {
        await world.InitializeAsync();
        world.Folder.Add("broker", "pubsub.in-memory")
            .Add("store", "state.sqlite", metadata:
            [
                ("connectionString", world.Folder.Data("state.db")), ("outboxPublishPubsub", "broker"), ("outboxPublishTopic", "orders"), ("outboxDiscardWhenMissingState", "true"),
            ]);
        app = await world.AppAsync("""[{"pubsubname":"broker","topic":"orders","route":"/orders"}]""");
        sidecar = await world.SidecarAsync(sidecar with { AppPort = app.Port });
    }

    public ValueTask DisposeAsync() => world.DisposeAsync();

    [Fact]
    public async Task S209_a_transaction_publishes_what_it_wrote_once()
    {
        await TransactAsync("""{"operation":"upsert","request":{"key":"o1","value":{"n":9007199254740993},"metadata":{"cloudevent.type":"order.placed"}}}""").DoneAsync();
        var order = Assert.Single(await app.UntilAsync("/orders")).Json();
        Assert.Equal("""{"n":9007199254740993}""", order.GetProperty("data").GetRawText());
        Assert.Equal(("order.placed", "outbox-app", "orders"), (order.Text("type"), order.Text("source"), order.Text("topic")));
        Assert.Equal("""{"n":9007199254740993}""", await (await world.GetAsync(sidecar, "/v1.0/state/store/o1")).TextAsync());
        await TransactAsync("""{"operation":"upsert","request":{"key":"o2","value":2}},{"operation":"upsert","request":{"key":"o3","value":3}}""").DoneAsync();
        var both = await app.UntilAsync("/orders", 3);
        Assert.Equal(["2", "3"], both.Skip(1).Select(request => request.Json().GetProperty("data").GetRawText()).Order());
        Assert.Equal(3, both.Select(request => request.Json().Text("id")).Distinct().Count());
    }

    [Fact]
    public async Task S210_a_transaction_that_fails_publishes_nothing()
    {
        using var refused = await TransactAsync("""{"operation":"upsert","request":{"key":"o1","value":"never"}},{"operation":"upsert","request":{"key":"o2","value":"never","etag":"stale"}}""");
        Assert.Equal(500, (int)refused.StatusCode);
        await AssertOnlyTheNextIsPublishedAsync();
    }

    [Fact]
    public async Task S211_a_delete_publishes_nothing()
    {
        await TransactAsync("""{"operation":"delete","request":{"key":"o1"}}""").DoneAsync();
        await AssertOnlyTheNextIsPublishedAsync();
    }

    [Fact]
    public async Task S212_a_projection_is_published_instead_of_the_value_and_is_not_stored()
    {
        await TransactAsync(
            """{"operation":"upsert","request":{"key":"o1","value":"stored"}},{"operation":"upsert","request":{"key":"o1","value":"published","metadata":{"outbox.projection":"true"}}}""").DoneAsync();
        Assert.Equal("published", Assert.Single(await app.UntilAsync("/orders")).Json().Text("data"));
        Assert.Equal("\"stored\"", await (await world.GetAsync(sidecar, "/v1.0/state/store/o1")).TextAsync());
    }

    private async Task AssertOnlyTheNextIsPublishedAsync()
    {
        await TransactAsync("""{"operation":"upsert","request":{"key":"o9","value":"next"}}""").DoneAsync();
        Assert.Equal("next", Assert.Single(await app.UntilAsync("/orders")).Json().Text("data"));
    }

    private Task<HttpResponseMessage> TransactAsync(string operations) => world.PostAsync(sidecar, "/v1.0/state/store/transaction", $$"""{"operations":[{{operations}}]}""");
}

file static class Answered
{
    public static async Task DoneAsync(this Task<HttpResponseMessage> answer)
    {
        using var done = await answer;
        await done.IsDoneAsync();
    }
}
