using System.Net;
using System.Net.Http.Json;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts.Access;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.Contracts.ReadModel;
using Lucid.Contracts.Services;
using Lucid.Wallets;

namespace Lucid.AuthService.Tests;

public sealed class SessionTests : IAsyncLifetime
{
    private readonly WalletKey _wallet = WalletKey.Generate();
    private AuthHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await AuthHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Status_permissions_and_profile_tell_about_the_caller()
    {
        var login = await _host.LoginAsync(_wallet);
        var status = await AuthHost.ReadAsync<AuthStatus>(await _host.GetAsync("/auth/status", login.AccessToken));
        Assert.Equal((true, "aal1", _host.Clock.GetUtcNow().AddSeconds(900)), (status.Authenticated, status.Acr, status.TokenExpiresAt));
        Assert.Equal(["swk"], status.Amr);
        var permissions = await AuthHost.ReadAsync<PermissionList>(await _host.GetAsync("/auth/permissions", login.AccessToken));
        Assert.Equal(11, permissions.Names.Count);
        Assert.Equal(5, permissions.Permissions.Single(group => group.Resource == "sessions").Conditions!.MaxSessions);
        var me = await AuthHost.ReadAsync<UserView>(await _host.GetAsync("/users/me", login.AccessToken));
        Assert.Equal(login.User, me);
        await (await _host.GetAsync("/auth/status", null)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2001");
    }

    [Theory]
    [InlineData("user", "verified", 11)]
    [InlineData("node_operator", "none", 14)]
    [InlineData("node_operator", "pending", 15)]
    [InlineData("node_operator", "verified", 21)]
    [InlineData("admin", "verified", 38)]
    [InlineData("super_admin", "verified", 50)]
    [InlineData("root", "verified", 0)]
    public void Permissions_grow_with_role_and_kyc_and_unknown_roles_have_none(string role, string kyc, int count) =>
        Assert.Equal(count, Domain.Permissions.Of(role, kyc, new AuthOptions()).Names.Count);

    [Fact]
    public async Task The_list_shows_live_sessions_with_shortened_addresses()
    {
        var first = await _host.LoginAsync(_wallet);
        _host.Clock.Advance(TimeSpan.FromSeconds(5));
        var second = await _host.LoginAsync(_wallet);
        var list = await ListAsync(second);
        Assert.Equal([second.SessionId, first.SessionId], list.Select(session => session.SessionId));
        Assert.Equal([true, false], list.Select(session => session.IsCurrent));
        Assert.All(list, session => Assert.Equal(("203.0.113.0/24", "lucid-tests/1.0"), (session.IpAddress, session.DeviceInfo)));
    }

    [Fact]
    public async Task Ending_a_session_stops_its_tokens_and_tells_how_long_to_refuse_them()
    {
        var first = await _host.LoginAsync(_wallet);
        var second = await _host.LoginAsync(_wallet);
        using var http = _host.Client(second.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, (await http.DeleteAsync($"/auth/sessions/{first.SessionId}")).StatusCode);
        Assert.False((await _host.IntrospectAsync(first.AccessToken)).Active);
        Assert.True((await _host.IntrospectAsync(second.AccessToken)).Active);
        await (await _host.TryRefreshAsync(first.RefreshToken!)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2010");
        var revoked = Assert.Single(_host.State.Events, e => e.Type == EventTypes.AuthSessionRevoked).Data;
        Assert.Equal((first.SessionId, "terminated"), (revoked.GetProperty("sid").GetString(), revoked.GetProperty("reason").GetString()));
        Assert.Equal(_host.Clock.GetUtcNow().AddSeconds(930), revoked.GetProperty("not_after").GetDateTimeOffset());
        await (await http.DeleteAsync($"/auth/sessions/{first.SessionId}")).AssertErrorAsync(HttpStatusCode.NotFound, "4001");
    }

    [Fact]
    public async Task A_foreign_session_is_as_missing_as_an_unknown_one()
    {
        var mine = await _host.LoginAsync(_wallet);
        using var other = WalletKey.Generate();
        var theirs = await _host.LoginAsync(other);
        using var http = _host.Client(mine.AccessToken);
        await (await http.DeleteAsync($"/auth/sessions/{theirs.SessionId}")).AssertErrorAsync(HttpStatusCode.NotFound, "4001", "session_not_found");
        await (await http.DeleteAsync($"/auth/sessions/{Guid.NewGuid()}")).AssertErrorAsync(HttpStatusCode.NotFound, "4001", "session_not_found");
        using var body = JsonContent.Create(new { refresh_token = theirs.RefreshToken });
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsync("/auth/logout", body)).StatusCode);
        Assert.True((await _host.IntrospectAsync(theirs.AccessToken)).Active);
    }

    [Fact]
    public async Task Terminate_all_spares_the_current_session()
    {
        var sessions = new[] { await _host.LoginAsync(_wallet), await _host.LoginAsync(_wallet), await _host.LoginAsync(_wallet) };
        using var http = _host.Client(sessions[1].AccessToken);
        var ended = await AuthHost.ReadAsync<TerminatedSessions>(await http.PostAsync("/auth/sessions/terminate-all", null));
        Assert.Equal(2, ended.TerminatedCount);
        Assert.Equal(sessions[1].SessionId, Assert.Single(await ListAsync(sessions[1])).SessionId);
    }

    [Fact]
    public async Task Logout_ends_this_session_only_and_may_be_repeated()
    {
        var here = await _host.LoginAsync(_wallet);
        var there = await _host.LoginAsync(_wallet);
        using var http = _host.Client(here.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsync("/auth/logout", null)).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsync("/auth/logout", null)).StatusCode);
        Assert.False((await _host.IntrospectAsync(here.AccessToken)).Active);
        Assert.True((await _host.IntrospectAsync(there.AccessToken)).Active);
        Assert.Single(_host.State.Events, e => e.Type == EventTypes.AuthSessionRevoked);
    }

    [Fact]
    public async Task Logout_ends_all_sessions_when_asked_to()
    {
        var here = await _host.LoginAsync(_wallet);
        var there = await _host.LoginAsync(_wallet);
        using var http = _host.Client(here.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsJsonAsync("/auth/logout", new { logout_all_sessions = true })).StatusCode);
        Assert.False((await _host.IntrospectAsync(there.AccessToken)).Active);
    }

    [Fact]
    public async Task Logout_with_a_refresh_token_works_for_a_session_whose_access_token_has_expired()
    {
        var old = await _host.LoginAsync(_wallet, new { remember_me = true });
        _host.Clock.Advance(TimeSpan.FromHours(2));
        var here = await _host.LoginAsync(_wallet);
        using var http = _host.Client(here.AccessToken);
        Assert.Equal(HttpStatusCode.NoContent, (await http.PostAsJsonAsync("/auth/logout", new { refresh_token = old.RefreshToken })).StatusCode);
        await (await _host.TryRefreshAsync(old.RefreshToken!)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2010");
    }

    [Fact]
    public async Task The_catalogue_lists_users_for_the_read_model_only()
    {
        var login = await _host.LoginAsync(_wallet);
        var page = await AuthHost.ReadAsync<CataloguePage>(await _host.GetAsync(Routes.Catalogue, null, AppIds.StorageDatabase));
        Assert.Equal(Views.Users, page.View);
        Assert.Equal(login.User.UserId, Assert.Single(page.Entries).Id);
        await (await _host.GetAsync(Routes.Catalogue, null)).AssertErrorAsync(HttpStatusCode.Forbidden, "2004");
    }

    [Fact]
    public async Task Events_of_a_user_carry_versions_that_rise()
    {
        await _host.LoginAsync(_wallet);
        await _host.LoginAsync(_wallet);
        var versions = _host.State.Events.Where(e => e.Type is EventTypes.UserRegistered or EventTypes.LoginSucceeded)
            .Select(e => e.Data.GetProperty("user").GetProperty("version").GetInt64());
        Assert.Equal([1L, 2L, 3L], versions);
    }

    private async Task<IReadOnlyList<LoginSessionView>> ListAsync(AuthResponse login) =>
        (await AuthHost.ReadAsync<LoginSessionList>(await _host.GetAsync("/auth/sessions", login.AccessToken))).Sessions;
}
