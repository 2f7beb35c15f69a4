using System.Net;
using System.Net.Http.Json;
using System.Text;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Events;
using Lucid.ServiceDefaults;
using Lucid.Wallets;
using Microsoft.Extensions.DependencyInjection;

namespace Lucid.AuthService.Tests;

public sealed class LoginTests : IAsyncLifetime
{
    private readonly WalletKey _wallet = WalletKey.Generate();
    private AuthHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await AuthHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task A_signed_challenge_gives_a_pair_and_makes_the_user_once()
    {
        var first = await _host.LoginAsync(_wallet);
        Assert.Equal("Bearer", first.TokenType);
        Assert.Equal(900, first.ExpiresIn);
        Assert.Equal(1800, first.RefreshExpiresIn);
        Assert.StartsWith("rt_", first.RefreshToken, StringComparison.Ordinal);
        Assert.Equal((UserRoles.User, KycStatus.None, UserStatus.Active), (first.User.Role, first.User.KycStatus, first.User.Status));
        Assert.Equal(_wallet.Address.ToString(), first.User.TronAddress);

        var second = await _host.LoginAsync(_wallet);
        Assert.Equal(first.User.UserId, second.User.UserId);
        Assert.NotEqual(first.SessionId, second.SessionId);
        Assert.Single(_host.State.Events, e => e.Type == EventTypes.UserRegistered);
        Assert.Equal(2, _host.State.Events.Count(e => e.Type == EventTypes.AuthSessionCreated));
        Assert.Equal(2, _host.State.Events.Count(e => e.Type == EventTypes.LoginSucceeded));
    }

    [Fact]
    public async Task Remember_me_lengthens_the_session_of_a_user() =>
        Assert.Equal(7 * 86400, (await _host.LoginAsync(_wallet, new { remember_me = true })).RefreshExpiresIn);

    [Fact]
    public async Task A_used_challenge_is_2012()
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        var signature = Sign(challenge);
        Assert.Equal(HttpStatusCode.OK, (await _host.PostLoginAsync(Address, challenge.ChallengeId, signature)).StatusCode);
        await (await _host.PostLoginAsync(Address, challenge.ChallengeId, signature)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2012", "challenge_invalid");
    }

    [Fact]
    public async Task An_expired_challenge_is_2012()
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        _host.Clock.Advance(TimeSpan.FromSeconds(301));
        await (await _host.PostLoginAsync(Address, challenge.ChallengeId, Sign(challenge))).AssertErrorAsync(HttpStatusCode.Unauthorized, "2012");
    }

    [Fact]
    public async Task A_wrong_signature_uses_up_the_challenge()
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        using var other = WalletKey.Generate();
        var wrong = other.SignMessage(Encoding.ASCII.GetBytes(challenge.Message));
        await (await _host.PostLoginAsync(Address, challenge.ChallengeId, wrong)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2011", "signature_invalid");
        await (await _host.PostLoginAsync(Address, challenge.ChallengeId, Sign(challenge))).AssertErrorAsync(HttpStatusCode.Unauthorized, "2012");
        Assert.Equal(2, _host.State.Events.Count(e => e.Type == EventTypes.LoginFailed));
    }

    [Theory]
    [InlineData(27)]
    [InlineData(28)]
    public async Task The_ethereum_prefix_is_2011(byte recovery)
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        var signature = RawSigner.Sign(_wallet, RawSigner.EthereumDigest(challenge.Message), recovery);
        await (await _host.PostLoginAsync(Address, challenge.ChallengeId, signature)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2011");
    }

    [Theory]
    [InlineData("localhost wants", "evil.example wants")]
    [InlineData("urn:lucid:purpose:login", "urn:lucid:purpose:step_up")]
    [InlineData("tron:2494104990", "tron:728126428")]
    public async Task A_signature_over_another_text_is_2011(string issued, string signed)
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        Assert.Contains(issued, challenge.Message, StringComparison.Ordinal);
        var message = challenge.Message.Replace(issued, signed, StringComparison.Ordinal);
        var signature = _wallet.SignMessage(Encoding.ASCII.GetBytes(message));
        await (await _host.PostLoginAsync(Address, challenge.ChallengeId, signature, new { message })).AssertErrorAsync(HttpStatusCode.Unauthorized, "2011");
    }

    [Fact]
    public async Task A_challenge_of_another_purpose_or_address_is_2011()
    {
        var stepUp = await _host.ChallengeAsync(_wallet.Address, ChallengePurposes.StepUp);
        await (await _host.PostLoginAsync(Address, stepUp.ChallengeId, Sign(stepUp))).AssertErrorAsync(HttpStatusCode.Unauthorized, "2011");

        using var other = WalletKey.Generate();
        var foreign = await _host.ChallengeAsync(other.Address);
        await (await _host.PostLoginAsync(Address, foreign.ChallengeId, Sign(foreign))).AssertErrorAsync(HttpStatusCode.Unauthorized, "2011");
    }

    public static TheoryData<string> MalformedSignatures => [new string('a', 128), new string('a', 129), new string('a', 131), "0x" + new string('g', 130), new string('１', 130), ""];

    [Theory]
    [MemberData(nameof(MalformedSignatures))]
    public async Task A_signature_of_another_form_is_1003_and_costs_no_attempt(string signature)
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        await (await _host.PostLoginAsync(Address, challenge.ChallengeId, signature)).AssertErrorAsync(HttpStatusCode.BadRequest, "1003");
        Assert.Equal(HttpStatusCode.OK, (await _host.PostLoginAsync(Address, challenge.ChallengeId, Sign(challenge))).StatusCode);
    }

    [Theory]
    [InlineData("0x", 0)]
    [InlineData("", -27)]
    public async Task The_recovery_byte_may_be_0_or_27_based_and_0x_may_lead(string prefix, int shift)
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        var signature = Convert.FromHexString(Sign(challenge));
        signature[64] = (byte)(signature[64] + shift);
        Assert.Equal(HttpStatusCode.OK, (await _host.PostLoginAsync(Address, challenge.ChallengeId, prefix + Convert.ToHexString(signature))).StatusCode);
    }

    [Fact]
    public async Task A_high_s_is_accepted()
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        Assert.Equal(HttpStatusCode.OK, (await _host.PostLoginAsync(Address, challenge.ChallengeId, RawSigner.WithHighS(Sign(challenge)))).StatusCode);
    }

    [Fact]
    public async Task Of_fifty_log_ins_on_one_challenge_exactly_one_passes()
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        var signature = Sign(challenge);
        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => _host.PostLoginAsync(Address, challenge.ChallengeId, signature)));
        Assert.Single(answers, answer => answer.StatusCode == HttpStatusCode.OK);
        foreach (var loser in answers.Where(answer => answer.StatusCode != HttpStatusCode.OK))
        {
            await loser.AssertErrorAsync(HttpStatusCode.Unauthorized, "2012");
        }
    }

    [Fact]
    public async Task Parallel_first_log_ins_of_one_address_make_one_user()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _host.LoginAsync(_wallet)));
        Assert.Single(answers.Select(answer => answer.User.UserId).Distinct());
        Assert.Single(_host.State.Events, e => e.Type == EventTypes.UserRegistered);
    }

    [Fact]
    public async Task Members_of_two_families_are_1001_and_the_other_families_are_disabled()
    {
        using var http = _host.Client();
        await (await http.PostAsJsonAsync("/auth/login", new { tron_address = Address, email = "a@b.example" })).AssertErrorAsync(HttpStatusCode.BadRequest, "1001", "mixed_families");
        await (await http.PostAsJsonAsync("/auth/login", new { email = "a@b.example" })).AssertErrorAsync(HttpStatusCode.Forbidden, "4003", "magic_link_disabled");
        await (await http.PostAsJsonAsync("/auth/login", new { email = "a@b.example", password = "x" })).AssertErrorAsync(HttpStatusCode.Forbidden, "4003", "password_login_disabled");
        await (await http.PostAsJsonAsync("/auth/login", new { tron_address = Address })).AssertErrorAsync(HttpStatusCode.BadRequest, "1002");
        await (await http.PostAsJsonAsync("/auth/login", new { role = "admin" })).AssertErrorAsync(HttpStatusCode.BadRequest, "1001");
        await (await _host.PostLoginAsync("TLEJdVP7" + new string('1', 26), Guid.NewGuid().ToString(), new string('a', 130))).AssertErrorAsync(HttpStatusCode.BadRequest, "1003");
        await (await _host.PostLoginAsync(Address, "1", new string('a', 130))).AssertErrorAsync(HttpStatusCode.BadRequest, "1005");
        await (await _host.PostLoginAsync(Address, Guid.NewGuid().ToString(), new string('a', 130), new { hardware_wallet = true })).AssertErrorAsync(HttpStatusCode.BadRequest, "1001");
    }

    [Fact]
    public async Task The_sixth_session_is_2013_with_the_list_unless_the_oldest_may_go()
    {
        var sessions = new List<AuthResponse>();
        for (var i = 0; i < 5; i++)
        {
            sessions.Add(await _host.LoginAsync(_wallet));
            _host.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var refused = await (await _host.TryLoginAsync(_wallet)).AssertErrorAsync(HttpStatusCode.Conflict, "2013", "session_cap");
        Assert.Equal(5, refused.GetProperty("details").GetProperty("sessions").GetArrayLength());

        await _host.LoginAsync(_wallet, new { evict_oldest = true });
        Assert.False((await _host.IntrospectAsync(sessions[0].AccessToken)).Active);
        Assert.True((await _host.IntrospectAsync(sessions[1].AccessToken)).Active);
        Assert.Contains(_host.State.Events, e => e.Type == EventTypes.AuthSessionRevoked && e.Data.GetProperty("reason").GetString() == "evicted");
    }

    [Fact]
    public async Task Ended_and_expired_sessions_do_not_count_against_the_cap()
    {
        for (var i = 0; i < 4; i++)
        {
            await _host.LoginAsync(_wallet);
        }

        _host.Clock.Advance(TimeSpan.FromMinutes(31));
        for (var i = 0; i < 5; i++)
        {
            await _host.LoginAsync(_wallet);
        }

        Assert.Equal(HttpStatusCode.Conflict, (await _host.TryLoginAsync(_wallet)).StatusCode);
    }

    [Theory]
    [InlineData(UserStatus.Suspended, HttpStatusCode.Forbidden, "2018")]
    [InlineData(UserStatus.Deleted, HttpStatusCode.Unauthorized, "2001")]
    public async Task A_user_who_is_not_active_is_refused_after_the_proof_and_cannot_refresh(string status, HttpStatusCode expected, string code)
    {
        var session = await _host.LoginAsync(_wallet);
        await SetAsync(session.User.UserId, user => user with { Status = status });
        await (await _host.TryLoginAsync(_wallet)).AssertErrorAsync(expected, code);
        await (await _host.TryRefreshAsync(session.RefreshToken!)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2010");
        Assert.False((await _host.IntrospectAsync(session.AccessToken)).Active);
        await (await _host.GetAsync("/users/me", session.AccessToken)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2001");
    }

    [Fact]
    public async Task An_administrator_without_a_second_factor_is_2014()
    {
        var session = await _host.LoginAsync(_wallet);
        await SetAsync(session.User.UserId, user => user with { Role = UserRoles.Admin });
        await (await _host.TryLoginAsync(_wallet)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2014", "mfa_not_enrolled");
    }

    [Fact]
    public async Task A_lost_broker_neither_stops_a_log_in_nor_a_refusal()
    {
        _host.State.BrokerIsDown = true;
        await _host.LoginAsync(_wallet);
        await (await _host.PostLoginAsync(Address, Guid.NewGuid().ToString(), new string('a', 130))).AssertErrorAsync(HttpStatusCode.Unauthorized, "2012");
    }

    private string Address => _wallet.Address.ToString();

    private string Sign(Challenge challenge) => _wallet.SignMessage(Encoding.ASCII.GetBytes(challenge.Message));

    private Task<bool> SetAsync(string userId, Func<User, User> change) =>
        _host.Services.GetRequiredService<EntityStore<User>>().UpdateAsync(
            userId,
            entity =>
            {
                entity!.Value = change(entity.Value);
                return true;
            },
            CancellationToken.None);
}
