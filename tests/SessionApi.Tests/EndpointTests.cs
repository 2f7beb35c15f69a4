using System.Text.Json;
using Lucid.Contracts.Sessions;

namespace Lucid.SessionApi.Tests;

public sealed class EndpointTests : IAsyncLifetime
{
    private static readonly Guid Stranger = Guid.Parse("0198c0de-0000-7000-8000-00000000000b");
    private static readonly string Mine = $"/api/v1/sessions/{ApiRig.Session:D}";
    private const string Missing = "/api/v1/sessions/01890a5d-ac96-774b-bcce-b302099a0000";
    private ApiRig rig = null!;

    public async ValueTask InitializeAsync() => rig = await ApiRig.StartAsync();

    public ValueTask DisposeAsync() => rig.DisposeAsync();

    [Theory]
    [InlineData("GET", "", null)]
    [InlineData("PUT", "", "{}")]
    [InlineData("DELETE", "", null)]
    [InlineData("POST", "/start", """{"consent_id":"01890a5d-ac96-774b-bcce-b302099a8051"}""")]
    [InlineData("POST", "/stop", "{}")]
    [InlineData("POST", "/pause", "{}")]
    [InlineData("POST", "/cancel", "{}")]
    [InlineData("GET", "/statistics", null)]
    [InlineData("GET", "/chunks", null)]
    [InlineData("GET", "/chunks/0", null)]
    [InlineData("GET", "/chunks/0/download", null)]
    [InlineData("GET", "/chunks/0/proof", null)]
    [InlineData("GET", "/manifest", null)]
    [InlineData("GET", "/anchoring", null)]
    [InlineData("GET", "/anchor-receipt", null)]
    [InlineData("GET", "/bundle", null)]
    public async Task A_foreign_session_looks_exactly_like_a_missing_one(string method, string below, string? body)
    {
        var foreign = await rig.SendAsync(method, Mine + below, body, Stranger);
        var missing = await rig.SendAsync(method, Missing + below, body, Stranger);
        Assert.Equal(404, foreign.Status);
        Assert.Equal(WithoutIdentity(missing.Body), WithoutIdentity(foreign.Body));
        Assert.All(rig.Calls, call => Assert.StartsWith("GET /internal/v1/pipelines/", call, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_deleted_session_is_missing_for_its_owner_too()
    {
        rig.View = rig.View with { State = SessionStates.Deleted };
        Assert.Equal(404, (await rig.SendAsync("GET", Mine)).Status);
    }

    [Fact]
    public async Task An_administrator_sees_a_session_but_never_its_content()
    {
        Assert.Equal(200, (await rig.SendAsync("GET", Mine, user: Stranger, role: "admin")).Status);
        Assert.Equal(404, (await rig.SendAsync("GET", Mine + "/bundle", user: Stranger, role: "admin")).Status);
        Assert.Equal(404, (await rig.SendAsync("GET", Mine + "/chunks/0/download", user: Stranger, role: "super_admin")).Status);
        Assert.Equal(404, (await rig.SendAsync("POST", Mine + "/start", """{"consent_id":"x"}""", Stranger, "admin")).Status);
    }

    [Theory]
    [InlineData("/pipeline/retry", "retry")]
    [InlineData("/pipeline/finalise", "finalise-incomplete")]
    public async Task What_becomes_of_a_failed_session_is_an_administrators_decision(string path, string command)
    {
        Assert.Equal(403, (await rig.SendAsync("POST", Mine + path, "{}")).Status);
        Assert.Equal(404, (await rig.SendAsync("POST", Mine + path, "{}", Stranger)).Status);
        Assert.DoesNotContain(rig.Calls, call => call.StartsWith("POST", StringComparison.Ordinal));
        Assert.Equal(202, (await rig.SendAsync("POST", Mine + path, "{}", Stranger, "admin")).Status);
        Assert.EndsWith("/" + command, rig.Calls[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"name":"n","state":"completed"}""")]
    [InlineData("""{"name":"n","user_id":"0198c0de-0000-7000-8000-00000000000b"}""")]
    [InlineData("""{"name":"n","size_bytes":1}""")]
    [InlineData("""{"name":"n","recording_config":{"ffmpeg":"-i"}}""")]
    [InlineData("""{"name":"n","name":"m"}""")]
    [InlineData("""{"name":null}""")]
    [InlineData("""{}""")]
    [InlineData("""{"name":"n","metadata":{"tags":[null]}}""")]
    [InlineData("""{"name":"n","metadata":{"priority":null}}""")]
    [InlineData("""{"name":"n","recording_config":{"frame_rate":"30"}}""")]
    [InlineData("""{"name":"n","key_recipients":[{"kty":"RSA"}]}""")]
    [InlineData("""{"name":"n","key_recipients":[null]}""")]
    [InlineData("""{"name":"n","key_recipients":[7]}""")]
    [InlineData("[]")]
    [InlineData("{")]
    public async Task A_body_that_is_not_exactly_a_session_is_refused_and_reaches_nobody(string body)
    {
        var answer = await rig.SendAsync("POST", "/api/v1/sessions", body);
        Assert.True(answer.Status == 400, $"{answer.Status}: {answer.Body}");
        Assert.Empty(rig.Calls);
    }

    [Theory]
    [InlineData("""{"state":"completed"}""")]
    [InlineData("""{"owner":"me"}""")]
    [InlineData("""{"metadata":{"tags":[null]}}""")]
    [InlineData("""{"retention_days":0}""")]
    public async Task An_update_cannot_set_what_the_platform_decides(string body)
    {
        Assert.Equal(400, (await rig.SendAsync("PUT", Mine, body)).Status);
        Assert.DoesNotContain(rig.Calls, call => call.StartsWith("PUT", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_owner_of_a_new_session_is_the_one_of_the_token()
    {
        var answer = await rig.SendAsync("POST", "/api/v1/sessions", $$"""{"name":"n","recording_config":{"resolution":"720p"},"key_recipients":[{{ApiRig.RecipientJwk()}}]}""");
        Assert.True(answer.Status == 201, answer.Body);
        var sent = JsonDocument.Parse(Assert.Single(rig.Bodies)).RootElement;
        Assert.Equal(ApiRig.Owner.ToString("D"), sent.GetProperty("owner_id").GetString());
        Assert.Equal("1280x720", sent.GetProperty("recording_config").GetProperty("resolution").GetString());
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("W/\"4\"")]
    public async Task A_precondition_that_is_no_version_fails(string ifMatch) =>
        Assert.Equal(412, (await rig.SendAsync("PUT", Mine, "{}", ifMatch: ifMatch)).Status);

    [Fact]
    public async Task Recording_starts_only_under_a_live_consent_of_the_owner()
    {
        var none = await rig.SendAsync("POST", Mine + "/start", """{"consent_id":"01890a5d-ac96-774b-bcce-b302099a8051"}""");
        Assert.Equal(403, none.Status);
        Assert.Contains("consent_required", none.Body, StringComparison.Ordinal);
        var foreign = await GrantAsync(Stranger);
        Assert.Equal(403, (await rig.SendAsync("POST", Mine + "/start", $$"""{"consent_id":"{{foreign}}"}""")).Status);
        var own = await GrantAsync(ApiRig.Owner);
        var started = await rig.SendAsync("POST", Mine + "/start", $$"""{"consent_id":"{{own}}"}""");
        Assert.True(started.Status == 202, started.Body);
        Assert.Equal("token", JsonDocument.Parse(started.Body).RootElement.GetProperty("ingest").GetProperty("token").GetString());
        Assert.Equal(404, (await rig.SendAsync("DELETE", $"/api/v1/consents/{own}", user: Stranger)).Status);
        Assert.Equal(204, (await rig.SendAsync("DELETE", $"/api/v1/consents/{own}")).Status);
        Assert.Equal(204, (await rig.SendAsync("DELETE", $"/api/v1/consents/{own}")).Status);
        Assert.Equal(403, (await rig.SendAsync("POST", Mine + "/start", $$"""{"consent_id":"{{own}}"}""")).Status);
    }

    [Theory]
    [InlineData("""{"scopes":[],"terms_version":"v1"}""")]
    [InlineData("""{"scopes":[null],"terms_version":"v1"}""")]
    [InlineData("""{"scopes":["everything"],"terms_version":"v1"}""")]
    [InlineData("""{"scopes":["video"],"terms_version":""}""")]
    [InlineData("""{"scopes":["video"],"terms_version":"v1","expires_in_seconds":0}""")]
    [InlineData("""{"scopes":["video"],"terms_version":"v1","expires_in_seconds":31536001}""")]
    [InlineData("""{"scopes":["video"],"terms_version":"v1","policy_hash":"x"}""")]
    [InlineData("""{"scopes":["video"],"terms_version":"v1","session_id":"x"}""")]
    public async Task A_consent_outside_its_limits_is_refused(string body) =>
        Assert.Equal(400, (await rig.SendAsync("POST", "/api/v1/consents", body)).Status);

    [Fact]
    public async Task Without_the_store_a_proof_is_unavailable_and_a_damaged_manifest_withholds_it()
    {
        Assert.Equal(502, (await rig.SendAsync("GET", Mine + "/chunks/0/proof")).Status);
        rig.StoreIsAway = true;
        Assert.Equal(503, (await rig.SendAsync("GET", Mine + "/chunks/0/proof")).Status);
        Assert.Equal(503, (await rig.SendAsync("GET", Mine + "/manifest")).Status);
    }

    [Theory]
    [InlineData("page=0")]
    [InlineData("limit=101")]
    [InlineData("sort=owner")]
    [InlineData("order=up")]
    public async Task A_list_outside_its_limits_is_refused(string query) => Assert.Equal(400, (await rig.SendAsync("GET", "/api/v1/sessions?" + query)).Status);

    private async Task<string> GrantAsync(Guid user)
    {
        var granted = await rig.SendAsync("POST", "/api/v1/consents", """{"scopes":["video"],"terms_version":"v1"}""", user);
        Assert.True(granted.Status == 201, granted.Body);
        return JsonDocument.Parse(granted.Body).RootElement.GetProperty("consent_id").GetString()!;
    }

    private static string WithoutIdentity(string body)
    {
        var error = JsonDocument.Parse(body).RootElement.GetProperty("error");
        return string.Join('\n', error.EnumerateObject().Where(member => member.Name is not ("request_id" or "timestamp")).Select(member => $"{member.Name}={member.Value.GetRawText()}"));
    }
}
