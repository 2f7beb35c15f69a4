using Lucid.Sidecar.Components;
using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.State;
using Lucid.Sidecar.State.InMemory;
using Lucid.Sidecar.State.Sqlite;

namespace Lucid.Sidecar.Tests.State;

public sealed class KeyPrefixTests
{
    [Theory]
    [InlineData("", "payments", "shop||key")]
    [InlineData("APPID", "payments", "shop||key")]
    [InlineData("name", "payments", "store||key")]
    [InlineData("namespace", "payments", "payments.shop||key")]
    [InlineData("namespace", "", "shop||key")]
    [InlineData("none", "payments", "key")]
    [InlineData("Shared", "payments", "shared||key")]
    public void A_strategy_makes_the_stored_key(string strategy, string @namespace, string stored)
    {
        var definition = TestParts.Define("state.in-memory", "store", ("keyprefix", strategy));

        Assert.Equal(stored, KeyPrefix.Of(definition, "shop", @namespace).Apply("key"));
    }

    [Fact]
    public void The_separator_is_forbidden_in_prefix_and_key()
    {
        Assert.Throws<ComponentException>(() => KeyPrefix.Of(TestParts.Define("t", "store", ("keyPrefix", "a||b")), "app", "ns"));
        var refused = Assert.Throws<DaprApiException>(() => KeyPrefix.Of(TestParts.Define("t", "store"), "app", "ns").Apply("a||b"));
        Assert.Equal(("ERR_MALFORMED_REQUEST", 400), (refused.Error.Code, refused.Error.HttpStatus));
    }

    [Fact]
    public async Task Two_apps_of_one_process_never_share_the_in_memory_store()
    {
        var shared = new SharedResources();
        await using var one = await new TestParts("one", shared: shared).AddAsync(new InMemoryStateStoreFactory(), "store", ("keyPrefix", "none"));
        await using var two = await new TestParts("two", shared: shared).AddAsync(new InMemoryStateStoreFactory(), "store", ("keyPrefix", "none"));

        await SaveAsync(one, "k", "1");

        Assert.Null(await two.State.GetAsync("store", "k", CancellationToken.None));
    }

    [Fact]
    public async Task Two_apps_on_one_database_file_share_exactly_what_the_prefix_lets_them()
    {
        using var folder = new TemporaryFolder();
        var shared = new SharedResources();
        (string, string) file = ("connectionString", folder["state.db"]);
        await using var one = new TestParts("one", shared: shared);
        await using var two = new TestParts("two", shared: shared);
        foreach (var app in new[] { one, two })
        {
            await app.AddAsync(new SqliteStateStoreFactory(), "own", file);
            await app.AddAsync(new SqliteStateStoreFactory(), "common", file, ("keyPrefix", "common"));
        }

        await SaveAsync(one, "k", "own", "own");
        await SaveAsync(one, "k", "common", "common");

        Assert.Null(await two.State.GetAsync("own", "k", CancellationToken.None));
        Assert.NotNull(await two.State.GetAsync("common", "k", CancellationToken.None));
    }

    private static Task SaveAsync(TestParts app, string key, string value, string store = "store") => app.State.SaveAsync(
        store, [new StateItem(key, System.Text.Encoding.UTF8.GetBytes(value), null, "", "", StateItem.NoMetadata)], CancellationToken.None);
}
