using System.Net;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.State;

/// <summary>Statements 1 to 38, over HTTP.</summary>
public sealed class StateHttpTests(StateWorld world) : IClassFixture<StateWorld>
{
    [Fact]
    public async Task S001_an_absent_key_is_204_without_body_and_etag()
    {
        var answer = await world.ReadAsync("store", "s1");
        await answer.IsDoneAsync();
        Assert.Null(answer.Header("ETag"));
    }

    [Fact]
    public async Task S002_a_value_comes_back_as_exactly_the_stored_bytes()
    {
        const string value = """{ "n": 9007199254740993,  "a":[1.50, "ü"] }""";
        await world.SavedAsync("store", "s2", value);
        var answer = await world.ReadAsync("store", "s2");
        await answer.IsAsync(200, value);
        Assert.Equal("application/json", answer.Content.Headers.ContentType!.MediaType);
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S003_the_etag_header_has_no_quotes(string store)
    {
        var etag = await world.SavedAsync(store, "s3", "1");
        Assert.NotEmpty(etag);
        Assert.DoesNotContain('"', etag);
    }

    [Fact]
    public async Task S004_a_save_is_204() => await (await world.SaveAsync("store", """[{"key":"s4","value":{"a":1}}]""")).IsDoneAsync();

    [Fact]
    public async Task S005_PUT_equals_POST()
    {
        await (await world.SendAsync(world.One, "PUT", "/v1.0/state/store", World.Body("""[{"key":"s5","value":"v"}]"""))).IsDoneAsync();
        Assert.Equal("\"v\"", await world.ValueAsync("store", "s5"));
    }

    [Fact]
    public async Task S006_saving_nothing_is_204() => await (await world.SaveAsync("store", "[]")).IsDoneAsync();

    [Theory]
    [InlineData("""{"key":"s7","value":1}""")]
    [InlineData("not json")]
    [InlineData("")]
    public async Task S007_a_body_that_is_no_array_is_malformed(string body) =>
        await (await world.SaveAsync("store", body)).IsRefusedAsync(400, "ERR_MALFORMED_REQUEST");

    [Fact]
    public async Task S008_an_item_without_key_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await world.SaveAsync("store", """[{"value":1}]""")).StatusCode);

    [Fact]
    public async Task S009_a_key_with_the_separator_is_malformed() =>
        await (await world.SaveAsync("store", """[{"key":"a||b","value":1}]""")).IsRefusedAsync(400, "ERR_MALFORMED_REQUEST");

    [Fact]
    public async Task S010_an_unknown_store_beside_others_is_not_found() =>
        await (await world.ReadAsync("nowhere", "k")).IsRefusedAsync(400, "ERR_STATE_STORE_NOT_FOUND");

    [Fact]
    public async Task S011_without_any_store_none_is_configured() =>
        await (await world.ReadAsync("store", "k", world.Storeless)).IsRefusedAsync(500, "ERR_STATE_STORE_NOT_CONFIGURED");

    [Fact]
    public async Task S012_the_refusal_of_a_store_has_its_reason()
    {
        var unknown = await (await world.ReadAsync("nowhere", "k")).JsonAsync();
        Assert.Equal("DAPR_STATE_NOT_FOUND", unknown.GetProperty("details")[0].GetProperty("reason").GetString());
        var none = await (await world.ReadAsync("store", "k", world.Storeless)).JsonAsync();
        Assert.Equal("DAPR_STATE_NOT_CONFIGURED", none.GetProperty("details")[0].GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S013_a_save_with_a_stale_etag_is_a_conflict(string store)
    {
        var stale = await world.SavedAsync(store, "s13", "1");
        await world.SavedAsync(store, "s13", "2");
        await (await world.SaveAsync(store, $$"""[{"key":"s13","value":3,"etag":"{{stale}}"}]""")).IsRefusedAsync(409, "ERR_STATE_SAVE");
        Assert.Equal("2", await world.ValueAsync(store, "s13"));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S014_a_save_with_the_right_etag_makes_a_new_one(string store)
    {
        var etag = await world.SavedAsync(store, "s14", "1");
        await (await world.SaveAsync(store, $$"""[{"key":"s14","value":2,"etag":"{{etag}}"}]""")).IsDoneAsync();
        Assert.NotEqual(etag, (await world.ReadAsync(store, "s14")).Header("ETag"));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S015_an_empty_etag_is_none(string store)
    {
        await world.SavedAsync(store, "s15", "1");
        await (await world.SaveAsync(store, """[{"key":"s15","value":2,"etag":""}]""")).IsDoneAsync();
        Assert.Equal("2", await world.ValueAsync(store, "s15"));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S017_first_write_without_etag_on_an_existing_key_is_a_conflict(string store)
    {
        await world.SavedAsync(store, "s17", "1");
        await (await world.SaveAsync(store, """[{"key":"s17","value":2,"options":{"concurrency":"first-write"}}]""")).IsRefusedAsync(409, "ERR_STATE_SAVE");
        Assert.Equal("1", await world.ValueAsync(store, "s17"));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S018_last_write_without_etag_overwrites(string store)
    {
        await world.SavedAsync(store, "s18", "1");
        await (await world.SaveAsync(store, """[{"key":"s18","value":2,"options":{"concurrency":"last-write"}}]""")).IsDoneAsync();
        Assert.Equal("2", await world.ValueAsync(store, "s18"));
    }

    [Fact]
    public async Task S019_deleting_a_value_is_204_and_it_is_gone()
    {
        await world.SavedAsync("store", "s19", "1");
        await (await world.SendAsync(world.One, "DELETE", "/v1.0/state/store/s19")).IsDoneAsync();
        Assert.Equal("", await world.ValueAsync("store", "s19"));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S020_deleting_what_is_not_there_is_204(string store) =>
        await (await world.SendAsync(world.One, "DELETE", $"/v1.0/state/{store}/s20")).IsDoneAsync();

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S021_a_delete_with_a_stale_etag_is_a_conflict(string store)
    {
        var stale = await world.SavedAsync(store, "s21", "1");
        await world.SavedAsync(store, "s21", "2");
        await (await world.SendAsync(world.One, "DELETE", $"/v1.0/state/{store}/s21", headers: ("If-Match", stale))).IsRefusedAsync(409, "ERR_STATE_DELETE");
        Assert.Equal("2", await world.ValueAsync(store, "s21"));
    }

    [Theory]
    [InlineData("concurrency")]
    [InlineData("consistency")]
    public async Task S022_an_unknown_word_of_the_options_fails_in_memory(string option) =>
        Assert.Equal(
            HttpStatusCode.InternalServerError,
            (await world.SaveAsync("memory", $$$"""[{"key":"s22","value":1,"options":{"{{{option}}}":"sometimes"}}]""")).StatusCode);

    [Fact]
    public async Task S023_a_bulk_read_has_an_entry_for_each_key()
    {
        var etag = await world.SavedAsync("store", "s23", "{\"a\":1}");
        var entries = await (await world.PostAsync(world.One, "/v1.0/state/store/bulk", """{"keys":["s23-absent","s23"]}""")).JsonAsync();
        Assert.Equal(2, entries.GetArrayLength());
        var absent = entries.EnumerateArray().Single(entry => entry.GetProperty("key").GetString() == "s23-absent");
        Assert.Equal(["key"], absent.EnumerateObject().Select(member => member.Name));
        var present = entries.EnumerateArray().Single(entry => entry.GetProperty("key").GetString() == "s23");
        Assert.Equal(("{\"a\":1}", etag), (present.GetProperty("data").GetRawText(), present.GetProperty("etag").GetString()));
    }

    [Fact]
    public async Task S024_a_bulk_read_of_nothing_is_an_empty_array() =>
        await (await world.PostAsync(world.One, "/v1.0/state/store/bulk", """{"keys":[]}""")).IsAsync(200, "[]");

    [Theory]
    [InlineData("store")]
    [InlineData("by-name")]
    [InlineData("bare")]
    public async Task S025_bulk_keys_come_back_without_prefix(string store)
    {
        await world.SavedAsync(store, "s25", "1");
        var entries = await (await world.PostAsync(world.One, $"/v1.0/state/{store}/bulk", """{"keys":["s25"]}""")).JsonAsync();
        Assert.Equal("s25", Assert.Single(entries.EnumerateArray()).GetProperty("key").GetString());
    }

    [Fact]
    public async Task S026_the_stored_key_begins_with_the_app_id()
    {
        await world.SavedAsync("store", "s26", "1");
        Assert.Equal(["state-one||s26"], await world.StoredKeysAsync("s26"));
    }

    [Theory]
    [InlineData("by-name", "by-name||s27")]
    [InlineData("by-namespace", "land.state-one||s27")]
    [InlineData("bare", "s27")]
    [InlineData("shared", "team||s27")]
    public async Task S027_the_prefix_follows_its_strategy(string store, string stored)
    {
        await world.SavedAsync(store, "s27", "1");
        Assert.Contains(stored, await world.StoredKeysAsync("s27"));
    }

    [Fact]
    public async Task S028_two_apps_do_not_see_each_others_keys()
    {
        await world.SavedAsync("store", "s28", "1");
        await (await world.ReadAsync("store", "s28", world.Two)).IsDoneAsync();
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S029_a_value_is_gone_when_its_time_is_over(string store)
    {
        await (await world.SaveAsync(store, """[{"key":"s29","value":1,"metadata":{"ttlInSeconds":"1"}}]""")).IsDoneAsync();
        await Probe.UntilAsync(async () => (await world.ReadAsync(store, "s29")).StatusCode == HttpStatusCode.NoContent, "the value expires");
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S030_a_value_with_a_time_tells_when_it_ends(string store)
    {
        await (await world.SaveAsync(store, """[{"key":"s30","value":1,"metadata":{"ttlInSeconds":"600"}}]""")).IsDoneAsync();
        var ends = DateTimeOffset.Parse((await world.ReadAsync(store, "s30")).Header("metadata.ttlExpireTime")!, System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(ends - TimeProvider.System.GetUtcNow(), TimeSpan.FromMinutes(8), TimeSpan.FromMinutes(11));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S031_a_transaction_applies_all_its_operations(string store)
    {
        await world.SavedAsync(store, "s31-old", "1");
        await (await TransactAsync(store, """{"operation":"upsert","request":{"key":"s31-new","value":2}},{"operation":"delete","request":{"key":"s31-old"}}""")).IsDoneAsync();
        Assert.Equal(("2", ""), (await world.ValueAsync(store, "s31-new"), await world.ValueAsync(store, "s31-old")));
    }

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S032_one_stale_etag_undoes_the_transaction(string store)
    {
        var stale = await world.SavedAsync(store, "s32", "1");
        await world.SavedAsync(store, "s32", "2");
        await (await TransactAsync(
            store, $$$"""{"operation":"upsert","request":{"key":"s32-other","value":1}},{"operation":"upsert","request":{"key":"s32","value":3,"etag":"{{{stale}}}"}}"""))
            .IsRefusedAsync(500, "ERR_STATE_TRANSACTION");
        Assert.Equal(("2", ""), (await world.ValueAsync(store, "s32"), await world.ValueAsync(store, "s32-other")));
    }

    [Fact]
    public async Task S033_an_unknown_operation_is_refused() =>
        await (await TransactAsync("store", """{"operation":"increment","request":{"key":"s33"}}""")).IsRefusedAsync(400, "ERR_NOT_SUPPORTED_STATE_OPERATION");

    [Theory]
    [InlineData("store")]
    [InlineData("memory")]
    public async Task S035_a_transaction_of_nothing_is_204(string store) => await (await TransactAsync(store, "")).IsDoneAsync();

    [Fact]
    public async Task S036_a_plus_in_a_key_is_a_space_and_its_escape_a_plus()
    {
        await world.SavedAsync("store", "s36 a", "1");
        await world.SavedAsync("store", "s36+a", "2");
        Assert.Equal(("1", "2"), (await world.ValueAsync("store", "s36+a"), await world.ValueAsync("store", "s36%2Ba")));
    }

    [Fact]
    public async Task S037_a_query_where_there_is_none_is_not_supported() =>
        await (await world.PostAsync(world.One, "/v1.0-alpha1/state/memory/query", """{"filter":{}}""")).IsRefusedAsync(500, "ERR_STATE_STORE_NOT_SUPPORTED");

    [Fact]
    public async Task S038_a_read_without_key_is_not_a_state_call() =>
        await (await world.GetAsync(world.One, "/v1.0/state/store")).IsRefusedAsync(404, "ERR_DIRECT_INVOKE");

    private Task<HttpResponseMessage> TransactAsync(string store, string operations) =>
        world.PostAsync(world.One, $"/v1.0/state/{store}/transaction", $$"""{"operations":[{{operations}}]}""");
}
