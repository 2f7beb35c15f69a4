using System.Net;
using System.Text;
using Lucid.ApiGateway.Tests.Support;

namespace Lucid.ApiGateway.Tests;

public sealed class AccessTests : IAsyncLifetime
{
    private const string Me = "/api/v1/users/me";
    private Gateway _gateway = null!;

    public async ValueTask InitializeAsync() => _gateway = await Gateway.StartAsync();

    public ValueTask DisposeAsync() => _gateway.DisposeAsync();

    [Fact]
    public async Task An_expired_token_is_2002_and_a_bad_one_2003()
    {
        var tokens = _gateway.Sidecar.Tokens;
        await RefusedAsync(tokens.Issue(expires: DateTimeOffset.UtcNow.AddMinutes(-1)), "2002");
        await RefusedAsync(tokens.Issue(audience: "lucid-wallet"), "2003");
        await RefusedAsync(tokens.Issue(type: "rt+jwt"), "2003");
        await RefusedAsync(new TokenIssuer().Issue(), "2003");
        await RefusedAsync("nonsense", "2003");
        var good = tokens.Issue();
        await RefusedAsync(good[..^4] + "AAAA", "2003");
        await RefusedAsync($"{Base64("{\"alg\":\"none\",\"typ\":\"at+jwt\",\"kid\":\"k1\"}")}.{good.Split('.')[1]}.", "2003");
        Assert.Empty(_gateway.Sidecar.Invocations);
    }

    [Fact]
    public async Task A_bad_token_is_refused_on_a_public_route_too()
    {
        using var client = _gateway.Client("nonsense");
        using var response = await client.GetAsync("/api/v1/chain/height");
        await response.AssertErrorAsync(HttpStatusCode.Unauthorized, "2003");
    }

    [Fact]
    public async Task A_token_outside_of_the_authorization_header_is_nobody()
    {
        using var client = _gateway.Client();
        var token = _gateway.Sidecar.Tokens.Issue();
        client.DefaultRequestHeaders.Add("X-Auth-Token", token);
        client.DefaultRequestHeaders.Add("Cookie", "access_token=" + token);
        using var response = await client.GetAsync($"{Me}?access_token={token}");
        await response.AssertErrorAsync(HttpStatusCode.Unauthorized, "2001");
    }

    [Fact]
    public async Task A_role_that_nobody_knows_reaches_nothing()
    {
        using var client = _gateway.Client(_gateway.Sidecar.Tokens.Issue(role: "root"));
        using var response = await client.GetAsync(Me);
        await response.AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "role");
    }

    [Fact]
    public async Task Step_up_asks_for_a_fresh_second_factor()
    {
        foreach (var token in (string[])
            [_gateway.Sidecar.Tokens.Issue(acr: "aal1"), _gateway.Sidecar.Tokens.Issue(authTime: DateTimeOffset.UtcNow.AddSeconds(-310))])
        {
            using var old = _gateway.Client(token);
            using var refused = await old.DeleteAsync("/api/v1/users/me/encryption-keys/k");
            await refused.AssertErrorAsync(HttpStatusCode.Forbidden, "2016", "step_up_required");
        }

        using var fresh = _gateway.Client(_gateway.Sidecar.Tokens.Issue());
        using var response = await fresh.DeleteAsync("/api/v1/users/me/encryption-keys/k");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task A_revoked_session_is_refused_from_the_event_on_and_after_a_restart()
    {
        var (mine, other) = (_gateway.Sidecar.Tokens.Issue(sid: "s-mine"), _gateway.Sidecar.Tokens.Issue(sid: "s-other"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_gateway, mine));
        await _gateway.DeliverAsync("auth.session-revoked", $$"""{"sid":"s-mine","user_id":"u","reason":"logout","not_after":"{{DateTimeOffset.UtcNow.AddMinutes(15):O}}"}""");
        await RefusedAsync(mine, "2003");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_gateway, other));

        await using var again = await Gateway.StartAsync(state: _gateway.State, sidecar: _gateway.Sidecar);
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(again, mine));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(again, other));
    }

    [Theory]
    [InlineData("user.suspended", "suspended")]
    [InlineData("user.deleted", "deleted")]
    public async Task A_suspended_or_deleted_user_is_refused_until_a_newer_view_says_active(string type, string status)
    {
        var user = Guid.NewGuid();
        var token = _gateway.Sidecar.Tokens.Issue(user);
        await _gateway.DeliverAsync(type, View(user, status, 4));
        await RefusedAsync(token, "2003");
        await _gateway.DeliverAsync("user.activated", View(user, "active", 3));
        await RefusedAsync(token, "2003");
        await _gateway.DeliverAsync("user.activated", View(user, "active", 5));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_gateway, token));
        await _gateway.DeliverAsync(type, View(user, status, 4));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(_gateway, token));
    }

    private static string View(Guid user, string status, int version) =>
        $$$"""{"user":{"user_id":"{{{user}}}","role":"user","kyc_status":"none","status":"{{{status}}}","email_verified":false,"two_factor_enabled":false,"hardware_wallet_enabled":false,"created_at":"2026-01-01T00:00:00Z","updated_at":"2026-01-01T00:00:00Z","version":{{{version}}}}}""";

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static async Task<HttpStatusCode> StatusAsync(Gateway gateway, string token)
    {
        using var client = gateway.Client(token);
        using var response = await client.GetAsync(Me);
        return response.StatusCode;
    }

    private async Task RefusedAsync(string token, string code)
    {
        using var client = _gateway.Client(token);
        using var response = await client.GetAsync(Me);
        await response.AssertErrorAsync(HttpStatusCode.Unauthorized, code);
        Assert.Equal("Bearer realm=\"lucid\", error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString());
    }
}
