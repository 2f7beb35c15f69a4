using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.State.InMemory;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.Sidecar.Tests.State;

/// <summary>The statements of the HTTP state API, over the in-memory store.</summary>
public sealed class StateHttpApiTests : IAsyncLifetime
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private TestSidecar sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        var parts = await new TestParts(time: time).AddAsync(new InMemoryStateStoreFactory());
        parts.Add(new PlainStore(), "plain");
        sidecar = await TestSidecar.StartAsync(parts);
    }

    public ValueTask DisposeAsync() => sidecar.DisposeAsync();

    [Fact]
    public async Task An_absent_key_is_204_without_body_and_etag()
    {
        using var response = await GetAsync("absent");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(0, response.Content.Headers.ContentLength ?? 0);
        Assert.False(response.Headers.Contains("ETag"));
    }

    [Theory]
    [InlineData("{ \"b\": 9007199254740993, \"a\": [1.10, \"<é>\"] }")]
    [InlineData("\"text\"")]
    [InlineData("null")]
    public async Task A_value_comes_back_as_its_exact_json_text_with_a_bare_etag(string json)
    {
        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync($$"""[{"key":"k","value":{{json}}}]"""));

        using var response = await GetAsync("k");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(json, await response.Content.ReadAsStringAsync());
        Assert.Equal("application/json", response.Content.Headers.ContentType!.MediaType);
        Assert.True(Guid.TryParse(ETag(response), out _));
    }

    [Fact]
    public async Task Put_saves_too_and_an_empty_array_is_fine()
    {
        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync("""[{"key":"k","value":1}]""", HttpMethod.Put));
        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync("[]"));
        Assert.Equal("1", await ReadAsync("k"));
    }

    [Theory]
    [InlineData("""{"key":"k"}""")]
    [InlineData("[")]
    [InlineData("""[{"value":1}]""")]
    [InlineData("""[{"key":7,"value":1}]""")]
    [InlineData("""[{"key":"a||b","value":1}]""")]
    [InlineData("""[1]""")]
    public async Task A_body_that_is_no_list_of_items_with_keys_is_malformed(string body)
    {
        var (status, code, _) = await ErrorAsync(HttpMethod.Post, "/v1.0/state/store", body);

        Assert.Equal((400, "ERR_MALFORMED_REQUEST"), (status, code));
    }

    [Fact]
    public async Task An_unknown_store_is_400_and_none_at_all_500_with_their_reasons()
    {
        Assert.Equal((400, "ERR_STATE_STORE_NOT_FOUND", "DAPR_STATE_NOT_FOUND"), await ErrorAsync(HttpMethod.Get, "/v1.0/state/other/k"));

        await using var bare = await TestSidecar.StartAsync(new TestParts());
        Assert.Equal(
            (500, "ERR_STATE_STORE_NOT_CONFIGURED", "DAPR_STATE_NOT_CONFIGURED"),
            await ErrorAsync(HttpMethod.Post, "/v1.0/state/store", "[]", bare.Http));
    }

    [Fact]
    public async Task ETags_guard_saves_and_deletes()
    {
        await SaveAsync("""[{"key":"k","value":1,"etag":""}]""");
        var first = await ETagOfAsync("k");

        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync($$"""[{"key":"k","value":2,"etag":"{{first}}"}]"""));
        Assert.NotEqual(first, await ETagOfAsync("k"));
        Assert.Equal((409, "ERR_STATE_SAVE"), await CodeAsync(HttpMethod.Post, "/v1.0/state/store", $$"""[{"key":"k","value":3,"etag":"{{first}}"}]"""));
        Assert.Equal((409, "ERR_STATE_SAVE"), await CodeAsync(HttpMethod.Post, "/v1.0/state/store", """[{"key":"absent","value":3,"etag":"x"}]"""));
        Assert.Equal((409, "ERR_STATE_DELETE"), await CodeAsync(HttpMethod.Delete, "/v1.0/state/store/k", ifMatch: first));
        Assert.Equal((409, "ERR_STATE_DELETE"), await CodeAsync(HttpMethod.Delete, "/v1.0/state/store/absent", ifMatch: first));
        Assert.Equal((204, ""), await CodeAsync(HttpMethod.Delete, "/v1.0/state/store/k", ifMatch: await ETagOfAsync("k")));
        Assert.Equal((204, ""), await CodeAsync(HttpMethod.Delete, "/v1.0/state/store/k"));
    }

    [Fact]
    public async Task An_etag_the_store_cannot_read_is_400()
    {
        Assert.Equal((400, "ERR_STATE_SAVE"), await CodeAsync(HttpMethod.Post, "/v1.0/state/plain", """[{"key":"k","value":1,"etag":"x"}]"""));
    }

    [Fact]
    public async Task First_write_needs_an_absent_key_and_last_write_overwrites()
    {
        const string FirstWrite = """[{"key":"k","value":1,"options":{"concurrency":"first-write"}}]""";
        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync(FirstWrite));
        Assert.Equal((409, "ERR_STATE_SAVE"), await CodeAsync(HttpMethod.Post, "/v1.0/state/store", FirstWrite));
        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync("""[{"key":"k","value":2,"options":{"concurrency":"last-write","consistency":"strong"}}]"""));
        Assert.Equal("2", await ReadAsync("k"));
    }

    [Theory]
    [InlineData("concurrency")]
    [InlineData("consistency")]
    public async Task An_unknown_option_word_is_500(string option)
    {
        Assert.Equal(
            (500, "ERR_STATE_SAVE"),
            await CodeAsync(HttpMethod.Post, "/v1.0/state/store", $$$"""[{"key":"k","value":1,"options":{"{{{option}}}":"whatever"}}]"""));
    }

    [Fact]
    public async Task Items_of_one_save_stand_alone()
    {
        await SaveAsync("""[{"key":"taken","value":1}]""");

        Assert.Equal(
            (409, "ERR_STATE_SAVE"),
            await CodeAsync(HttpMethod.Post, "/v1.0/state/store", """[{"key":"x","value":1},{"key":"taken","value":2,"etag":"stale"},{"key":"y","value":1}]"""));
        Assert.Equal(("1", "1", "1"), (await ReadAsync("x"), await ReadAsync("taken"), await ReadAsync("y")));
    }

    [Fact]
    public async Task Bulk_get_has_one_entry_for_each_key_without_prefix()
    {
        await SaveAsync("""[{"key":"a","value":{"n":1},"metadata":{"ttlInSeconds":"60"}},{"key":"b","value":"t"}]""");

        using var response = await SendAsync(HttpMethod.Post, "/v1.0/state/store/bulk", """{"keys":["a","absent","b"],"parallelism":1}""");
        var entries = (await response.Content.ReadFromJsonAsync<JsonElement[]>())!;

        Assert.Equal("""{"key":"absent"}""", entries[1].GetRawText());
        Assert.Equal(("a", 1), (entries[0].GetProperty("key").GetString(), entries[0].GetProperty("data").GetProperty("n").GetInt32()));
        Assert.Equal("2026-01-02T03:05:05Z", entries[0].GetProperty("metadata").GetProperty("ttlExpireTime").GetString());
        Assert.Equal(await ETagOfAsync("b"), entries[2].GetProperty("etag").GetString());
        using var none = await SendAsync(HttpMethod.Put, "/v1.0/state/store/bulk", """{"keys":[]}""");
        Assert.Equal("[]", await none.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_time_to_live_is_told_and_kept()
    {
        await SaveAsync("""[{"key":"short","value":1,"metadata":{"ttlInSeconds":"1"}},{"key":"long","value":1,"metadata":{"ttlInSeconds":"-1"}}]""");
        using (var live = await GetAsync("short"))
        {
            Assert.Equal("2026-01-02T03:04:06Z", Assert.Single(live.Headers.GetValues("metadata.ttlExpireTime")));
        }

        time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal("", await ReadAsync("short"));
        Assert.Equal("1", await ReadAsync("long"));
        Assert.Equal(HttpStatusCode.NoContent, await SaveAsync("""[{"key":"short","value":2,"options":{"concurrency":"first-write"}}]"""));
        Assert.Equal((500, "ERR_STATE_SAVE"), await CodeAsync(HttpMethod.Post, "/v1.0/state/store?metadata.ttlInSeconds=soon", """[{"key":"k","value":1}]"""));
    }

    [Fact]
    public async Task A_transaction_applies_all_or_nothing()
    {
        await SaveAsync("""[{"key":"a","value":1},{"key":"b","value":1}]""");

        Assert.Equal((500, "ERR_STATE_TRANSACTION"), await CodeAsync(HttpMethod.Post, "/v1.0/state/store/transaction", """
            {"operations":[{"operation":"upsert","request":{"key":"a","value":2}},{"operation":"delete","request":{"key":"b","etag":"stale"}}]}
            """));
        Assert.Equal(("1", "1"), (await ReadAsync("a"), await ReadAsync("b")));

        Assert.Equal((204, ""), await CodeAsync(HttpMethod.Post, "/v1.0/state/store/transaction", """
            {"operations":[{"operation":"upsert","request":{"key":"a","value":2}},{"operation":"delete","request":{"key":"b"}}]}
            """));
        Assert.Equal(("2", ""), (await ReadAsync("a"), await ReadAsync("b")));
        Assert.Equal((204, ""), await CodeAsync(HttpMethod.Post, "/v1.0/state/store/transaction", """{"operations":[]}"""));
    }

    [Fact]
    public async Task Transactions_refuse_unknown_operations_and_stores_without_them()
    {
        const string Body = """{"operations":[{"operation":"increment","request":{"key":"a"}}]}""";
        Assert.Equal((400, "ERR_NOT_SUPPORTED_STATE_OPERATION"), await CodeAsync(HttpMethod.Post, "/v1.0/state/store/transaction", Body));
        Assert.Equal((500, "ERR_STATE_STORE_NOT_SUPPORTED"), await CodeAsync(HttpMethod.Post, "/v1.0/state/plain/transaction", Body));
        Assert.Equal((500, "ERR_STATE_STORE_NOT_SUPPORTED"), await CodeAsync(HttpMethod.Post, "/v1.0-alpha1/state/store/query", "{}"));
    }

    [Fact]
    public async Task In_a_path_a_plus_is_a_space_and_escapes_are_undone_once()
    {
        await SaveAsync("""[{"key":"a b","value":1},{"key":"a+b","value":2},{"key":"a/b","value":3},{"key":"a%2Fb","value":4}]""");

        Assert.Equal(("1", "2", "3", "4"), (await ReadAsync("a+b"), await ReadAsync("a%2Bb"), await ReadAsync("a%2Fb"), await ReadAsync("a%252Fb")));
    }

    [Fact]
    public async Task Without_a_key_it_is_no_route_of_the_state_api()
    {
        using var response = await SendAsync(HttpMethod.Get, "/v1.0/state/store");

        Assert.Contains(response.StatusCode, new[] { HttpStatusCode.NotFound, HttpStatusCode.MethodNotAllowed });
    }

    private Task<HttpResponseMessage> GetAsync(string key) => SendAsync(HttpMethod.Get, "/v1.0/state/store/" + key);

    private async Task<string> ReadAsync(string key)
    {
        using var response = await GetAsync(key);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task<string> ETagOfAsync(string key)
    {
        using var response = await GetAsync(key);
        return ETag(response);
    }

    private static string ETag(HttpResponseMessage response) => Assert.Single(response.Headers.NonValidated["ETag"]);

    private async Task<HttpStatusCode> SaveAsync(string body, HttpMethod? verb = null)
    {
        using var response = await SendAsync(verb ?? HttpMethod.Post, "/v1.0/state/store", body);
        return response.StatusCode;
    }

    private async Task<(int, string)> CodeAsync(HttpMethod verb, string path, string? body = null, string? ifMatch = null)
    {
        using var response = await SendAsync(verb, path, body, ifMatch: ifMatch);
        var text = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, text.Length == 0 ? "" : JsonDocument.Parse(text).RootElement.GetProperty("errorCode").GetString()!);
    }

    private async Task<(int, string?, string?)> ErrorAsync(HttpMethod verb, string path, string? body = null, HttpClient? http = null)
    {
        using var response = await SendAsync(verb, path, body, http);
        var error = await response.Content.ReadFromJsonAsync<JsonElement>();
        return ((int)response.StatusCode, error.GetProperty("errorCode").GetString(), error.GetProperty("reason").GetString());
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod verb, string path, string? body = null, HttpClient? http = null, string? ifMatch = null)
    {
        using var request = new HttpRequestMessage(verb, path);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await (http ?? sidecar.Http).SendAsync(request);
    }

    /// <summary>A store without transactions whose ETags are numbers.</summary>
    private sealed class PlainStore : IStateStore
    {
        public bool IsTransactional => false;

        public ValueTask<StateValue?> GetAsync(string key, CancellationToken cancellationToken) => ValueTask.FromResult<StateValue?>(null);

        public ValueTask SetAsync(StateSet operation, CancellationToken cancellationToken) => long.TryParse(operation.ETag, out _)
            ? ValueTask.CompletedTask
            : throw new StateStoreException(StateStoreFailure.ETagInvalid, "invalid etag value");

        public ValueTask DeleteAsync(StateDelete operation, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask TransactAsync(IReadOnlyList<StateOperation> operations, CancellationToken cancellationToken) =>
            throw new InvalidOperationException("not transactional");

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
