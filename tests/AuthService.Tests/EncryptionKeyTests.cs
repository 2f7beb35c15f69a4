using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.Contracts.Services;
using Lucid.Wallets;

namespace Lucid.AuthService.Tests;

public sealed class EncryptionKeyTests : IAsyncLifetime
{
    private const string Mine = "/users/me/encryption-keys";

    private readonly WalletKey _wallet = WalletKey.Generate();
    private AuthHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await AuthHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_first_key_may_follow_a_log_in_and_session_api_finds_it()
    {
        var login = await _host.LoginAsync(_wallet);
        var added = await AuthHost.ReadAsync<EncryptionKey>(await AddAsync(login.AccessToken, Jwk()));
        Assert.Equal(43, added.Kid.Length);
        var found = await AuthHost.ReadAsync<EncryptionKeyList>(await _host.GetAsync($"/internal/v1/encryption-keys/{login.User.UserId}", null, AppIds.SessionApi));
        Assert.Equal(added.Kid, Assert.Single(found.Keys).Kid);
        Assert.Contains(_host.State.Events, e => e.Type == EventTypes.UserUpdated && e.Data.GetProperty("change").GetString() == "encryption_key_added");
        await (await _host.GetAsync($"/internal/v1/encryption-keys/{login.User.UserId}", null)).AssertErrorAsync(HttpStatusCode.Forbidden, "2004");
        await (await _host.GetAsync($"/internal/v1/encryption-keys/{Guid.NewGuid()}", null, AppIds.SessionApi)).AssertErrorAsync(HttpStatusCode.NotFound, "4001");
    }

    [Fact]
    public async Task The_first_key_is_refused_when_the_log_in_is_older_than_300_seconds()
    {
        var login = await _host.LoginAsync(_wallet);
        _host.Clock.Advance(TimeSpan.FromSeconds(301));
        var error = await (await AddAsync(login.AccessToken, Jwk())).AssertErrorAsync(HttpStatusCode.Forbidden, "2016", "step_up_required");
        Assert.Equal("wallet_signature", error.GetProperty("details").GetProperty("methods")[0].GetString());
        var refreshed = await _host.RefreshAsync(login.RefreshToken!);
        await (await AddAsync(refreshed.AccessToken, Jwk())).AssertErrorAsync(HttpStatusCode.Forbidden, "2016");
    }

    [Fact]
    public async Task Further_keys_and_removals_need_a_step_up()
    {
        var login = await _host.LoginAsync(_wallet);
        var first = await AuthHost.ReadAsync<EncryptionKey>(await AddAsync(login.AccessToken, Jwk()));
        await (await AddAsync(login.AccessToken, Jwk())).AssertErrorAsync(HttpStatusCode.Forbidden, "2016");
        using var plain = _host.Client(login.AccessToken);
        await (await plain.DeleteAsync($"{Mine}/{first.Kid}")).AssertErrorAsync(HttpStatusCode.Forbidden, "2016");

        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        var stepped = await AuthHost.ReadAsync<AuthResponse>(await _host.TryStepUpAsync(_wallet, login.AccessToken));
        Assert.Null(stepped.RefreshToken);
        Assert.Equal(login.SessionId, stepped.SessionId);
        var second = await AuthHost.ReadAsync<EncryptionKey>(await AddAsync(stepped.AccessToken, Jwk()));
        await (await AddAsync(stepped.AccessToken, second.Jwk)).AssertErrorAsync(HttpStatusCode.Conflict, "4002");
        var keys = await AuthHost.ReadAsync<EncryptionKeyList>(await _host.GetAsync(Mine, login.AccessToken));
        Assert.Equal([second.Kid, first.Kid], keys.Keys.Select(key => key.Kid));

        using var http = _host.Client(stepped.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync($"{Mine}/{first.Kid}")).StatusCode);
        await (await http.DeleteAsync($"{Mine}/{first.Kid}")).AssertErrorAsync(HttpStatusCode.NotFound, "4001");

        _host.Clock.Advance(TimeSpan.FromSeconds(301));
        await (await http.DeleteAsync($"{Mine}/{second.Kid}")).AssertErrorAsync(HttpStatusCode.Forbidden, "2016");
    }

    [Fact]
    public async Task A_step_up_needs_its_own_purpose_and_the_users_own_wallet()
    {
        var login = await _host.LoginAsync(_wallet);
        await (await _host.TryStepUpAsync(_wallet, login.AccessToken, ChallengePurposes.Login)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2011");
        using var other = WalletKey.Generate();
        await (await _host.TryStepUpAsync(other, login.AccessToken)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2011");

        using var http = _host.Client(login.AccessToken);
        await http.PostAsync("/auth/logout", null);
        await (await _host.TryStepUpAsync(_wallet, login.AccessToken)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2009");
    }

    [Fact]
    public async Task Of_parallel_first_keys_exactly_one_gets_in()
    {
        var login = await _host.LoginAsync(_wallet);
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => AddAsync(login.AccessToken, Jwk())));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.Created);
    }

    [Fact]
    public async Task Private_parts_other_curves_and_points_off_the_curve_are_1003()
    {
        var login = await _host.LoginAsync(_wallet);
        object[] refused =
        [
            new { kty = "EC", crv = "P-256", x = Zeros, y = Zeros },
            new { kty = "EC", crv = "P-384", x = Zeros, y = Zeros },
            new { kty = "OKP", crv = "X25519", x = Zeros },
            new { kty = "OKP", crv = "X25519", x = Random, d = Random },
            new { kty = "oct", k = Random },
            "text",
        ];
        foreach (var jwk in refused)
        {
            await (await AddAsync(login.AccessToken, jwk)).AssertErrorAsync(HttpStatusCode.BadRequest, "1003");
        }

        await (await AddAsync(login.AccessToken, Jwk(), label: "")).AssertErrorAsync(HttpStatusCode.BadRequest, "1001");
        Assert.Equal(HttpStatusCode.Created, (await AddAsync(login.AccessToken, new { kty = "OKP", crv = "X25519", x = Random })).StatusCode);
    }

    private static string Zeros { get; } = Base64Url.EncodeToString(new byte[32]);

    private static string Random => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    private static object Jwk()
    {
        using var key = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        var point = key.ExportParameters(false).Q;
        return new { kty = "EC", crv = "P-256", x = Base64Url.EncodeToString(point.X), y = Base64Url.EncodeToString(point.Y) };
    }

    private async Task<HttpResponseMessage> AddAsync(string bearer, object jwk, string label = "laptop")
    {
        using var http = _host.Client(bearer);
        return await http.PostAsJsonAsync(Mine, new { label, jwk });
    }
}
