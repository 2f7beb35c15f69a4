using System.Net;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Storage;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;
using Lucid.Wallets;
using Microsoft.Extensions.DependencyInjection;

namespace Lucid.AuthService.Tests;

public sealed class RefreshTests : IAsyncLifetime
{
    private readonly WalletKey _wallet = WalletKey.Generate();
    private AuthHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await AuthHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_refresh_gives_the_next_pair_of_the_same_session()
    {
        var first = await _host.LoginAsync(_wallet);
        _host.Clock.Advance(TimeSpan.FromMinutes(14));
        var second = await _host.RefreshAsync(first.RefreshToken!);
        Assert.Equal(first.SessionId, second.SessionId);
        Assert.NotEqual(first.RefreshToken, second.RefreshToken);
        _host.Clock.Advance(TimeSpan.FromMinutes(14));
        Assert.NotNull((await _host.RefreshAsync(second.RefreshToken!)).RefreshToken);
    }

    [Fact]
    public async Task Fifty_parallel_refreshes_leave_one_usable_successor_and_a_living_session()
    {
        var login = await _host.LoginAsync(_wallet);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _host.RefreshAsync(login.RefreshToken!)));
        var tokens = answers.Select(answer => answer.RefreshToken!).ToHashSet(StringComparer.Ordinal);
        Assert.Equal(50, tokens.Count);
        Assert.True((await _host.IntrospectAsync(login.AccessToken)).Active);

        var current = (await _host.Services.GetRequiredService<LoginSessions>().FindAsync(login.SessionId, default))!.RefreshHash;
        var key = _host.Services.GetRequiredService<AuthKeys>().Refresh;
        var usable = Assert.Single(tokens, token => RefreshToken.TryRead(token, key, out _, out var hash) && hash.AsSpan().SequenceEqual(current));
        await _host.RefreshAsync(usable);
    }

    [Fact]
    public async Task A_lost_answer_may_be_asked_for_again_within_ten_seconds()
    {
        var login = await _host.LoginAsync(_wallet);
        var lost = await _host.RefreshAsync(login.RefreshToken!);
        _host.Clock.Advance(TimeSpan.FromSeconds(10));
        var again = await _host.RefreshAsync(login.RefreshToken!);
        await _host.RefreshAsync(again.RefreshToken!);
        Assert.NotEqual(lost.RefreshToken, again.RefreshToken);
    }

    [Fact]
    public async Task After_ten_seconds_the_old_token_kills_the_family()
    {
        var login = await _host.LoginAsync(_wallet);
        var next = await _host.RefreshAsync(login.RefreshToken!);
        _host.Clock.Advance(TimeSpan.FromSeconds(11));
        await AssertDeadAfterAsync(login.RefreshToken!, login, next);
    }

    [Fact]
    public async Task Repeating_does_not_stretch_the_ten_seconds()
    {
        var login = await _host.LoginAsync(_wallet);
        await _host.RefreshAsync(login.RefreshToken!);
        _host.Clock.Advance(TimeSpan.FromSeconds(6));
        var next = await _host.RefreshAsync(login.RefreshToken!);
        _host.Clock.Advance(TimeSpan.FromSeconds(6));
        await AssertDeadAfterAsync(login.RefreshToken!, login, next);
    }

    [Fact]
    public async Task A_token_whose_successor_was_used_kills_the_family_at_once()
    {
        var login = await _host.LoginAsync(_wallet);
        var next = await _host.RefreshAsync(login.RefreshToken!);
        var last = await _host.RefreshAsync(next.RefreshToken!);
        await AssertDeadAfterAsync(login.RefreshToken!, login, last);
    }

    [Fact]
    public async Task A_made_up_token_of_a_known_session_harms_nobody()
    {
        var login = await _host.LoginAsync(_wallet);
        var (forged, _) = RefreshToken.Create(Guid.Parse(login.SessionId), new byte[32]);
        await (await _host.TryRefreshAsync(forged)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2010");
        await (await _host.TryRefreshAsync("rt_" + new string('A', 43))).AssertErrorAsync(HttpStatusCode.Unauthorized, "2010");
        await (await _host.TryRefreshAsync(login.AccessToken[..400])).AssertErrorAsync(HttpStatusCode.Unauthorized, "2010");
        await (await _host.TryRefreshAsync(new string('a', 501))).AssertErrorAsync(HttpStatusCode.BadRequest, "1001");
        await _host.RefreshAsync(login.RefreshToken!);
    }

    [Fact]
    public async Task An_idle_or_too_old_session_is_2009()
    {
        var idle = await _host.LoginAsync(_wallet);
        _host.Clock.Advance(TimeSpan.FromMinutes(30));
        await (await _host.TryRefreshAsync(idle.RefreshToken!)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2009");

        var busy = await _host.LoginAsync(_wallet);
        for (var i = 0; i < 57; i++)
        {
            _host.Clock.Advance(TimeSpan.FromMinutes(25));
            busy = await _host.RefreshAsync(busy.RefreshToken!);
        }

        Assert.Equal(15 * 60, busy.RefreshExpiresIn); // 23 h 45 min of 24 h
        _host.Clock.Advance(TimeSpan.FromMinutes(15));
        await (await _host.TryRefreshAsync(busy.RefreshToken!)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2009");
    }

    [Fact]
    public async Task The_role_of_the_next_token_is_the_users_of_now_and_so_are_its_limits()
    {
        var login = await _host.LoginAsync(_wallet, new { remember_me = true });
        await _host.Services.GetRequiredService<EntityStore<User>>().UpdateAsync(
            login.User.UserId,
            entity =>
            {
                entity!.Value = entity.Value with { Role = UserRoles.NodeOperator };
                return true;
            },
            default);
        var next = await _host.RefreshAsync(login.RefreshToken!);
        Assert.Equal(UserRoles.NodeOperator, next.User.Role);
        Assert.Equal(UserRoles.NodeOperator, (await _host.IntrospectAsync(next.AccessToken)).Role);
        Assert.Equal(3600, next.RefreshExpiresIn);
    }

    [Fact]
    public async Task Tokens_survive_a_restart_and_another_replica()
    {
        var login = await _host.LoginAsync(_wallet);
        await using var replica = await AuthHost.StartAsync(_host.State, _host.Clock);
        Assert.True((await replica.IntrospectAsync(login.AccessToken)).Active);
        await replica.RefreshAsync(login.RefreshToken!);
    }

    private async Task AssertDeadAfterAsync(string reused, AuthResponse login, AuthResponse current)
    {
        await (await _host.TryRefreshAsync(reused)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2020", "refresh_reuse");
        await (await _host.TryRefreshAsync(current.RefreshToken!)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2020");
        Assert.False((await _host.IntrospectAsync(login.AccessToken)).Active);
        Assert.False((await _host.IntrospectAsync(current.AccessToken)).Active);
        Assert.Single(_host.State.Events, e => e.Type == EventTypes.TokenReuseDetected);
        var revoked = Assert.Single(_host.State.Events, e => e.Type == EventTypes.AuthSessionRevoked).Data;
        Assert.Equal(login.SessionId, revoked.GetProperty("sid").GetString());
        Assert.Equal(login.User.UserId, revoked.GetProperty("user_id").GetString());
        Assert.Equal("token_reuse", revoked.GetProperty("reason").GetString());
        Assert.Equal(_host.Clock.GetUtcNow().AddSeconds(930), revoked.GetProperty("not_after").GetDateTimeOffset());
    }
}
