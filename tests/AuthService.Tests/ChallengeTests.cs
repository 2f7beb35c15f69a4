using System.Net;
using System.Net.Http.Json;
using System.Text;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Services;
using Lucid.Wallets;
using Microsoft.AspNetCore.Http;

namespace Lucid.AuthService.Tests;

public sealed class ChallengeTests : IAsyncLifetime
{
    private readonly WalletKey _wallet = WalletKey.Generate();
    private AuthHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await AuthHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task The_text_has_the_layout_of_CAIP_122()
    {
        var challenge = await _host.ChallengeAsync(_wallet.Address);
        Assert.Equal(
            $"""
            localhost wants you to sign in with your TRON account:
            {_wallet.Address}

            Sign in to Lucid. This signature moves no funds.

            URI: https://localhost
            Version: 1
            Chain ID: tron:2494104990
            Nonce: {challenge.Nonce}
            Issued At: 2031-05-01T12:00:00Z
            Expiration Time: 2031-05-01T12:05:00Z
            Request ID: {challenge.ChallengeId}
            Resources:
            - urn:lucid:purpose:login
            """,
            challenge.Message);
        Assert.Matches("^[0-9a-f]{32}$", challenge.Nonce);
        Assert.True(challenge.Message.Length <= ChallengeText.MaxLength);
        Assert.Equal(Convert.ToHexStringLower(Tip191.Digest(Encoding.ASCII.GetBytes(challenge.Message))), challenge.Digest);
        Assert.Equal(TimeSpan.FromSeconds(300), challenge.ExpiresAt - challenge.IssuedAt);
    }

    [Theory]
    [InlineData(62, 40, true)] // an onion address
    [InlineData(62, 60, false)]
    public void Settings_whose_challenges_would_exceed_512_bytes_are_refused(int domain, int message, bool accepted)
    {
        var options = new AuthOptions { AuthDomain = new string('d', domain), TronSignatureMessage = new string('s', message) };
        Assert.Equal(accepted, !options.Validate(new(options)).Any());
    }

    [Theory]
    [InlineData(TronNetwork.Mainnet, 728126428)]
    [InlineData(TronNetwork.Shasta, 2494104990)]
    [InlineData(TronNetwork.Nile, 3448148188)]
    public void Each_network_has_its_chain_id(TronNetwork network, long id) => Assert.Equal(id, ChallengeText.ChainId(network));

    [Fact]
    public void The_vector_of_the_specification_holds()
    {
        using var key = WalletKey.FromPrivateKey([.. new byte[31], 1]);
        Assert.Equal("TMVQGm1qAQYVdetCeGRRkTWYYrLXuHK2HC", key.Address.ToString());
        var message = "Sign this message to authenticate with Lucid"u8;
        Assert.Equal("d6ea3c8319f11067c405f5f6ca7f77dc111a7553b8398e159152c4920f8879d2", Convert.ToHexStringLower(Tip191.Digest(message)));
        const string signature = "3edab14d0d5f898b80a8b01c95ac98c5d1b1b9c2218dbbe753c43e3a8c689cd30fc459e1f33f03cbc54b4dde1bea85ae93ddbd0c50eb90992634d6e1f4c65a481b";
        Assert.Equal(SignatureCheck.Valid, WalletSignature.CheckMessage(message, signature, key.Address));
        Assert.Equal(
            SignatureCheck.OtherSigner,
            WalletSignature.CheckDigest(RawSigner.EthereumDigest(Encoding.ASCII.GetString(message)), signature, key.Address));
    }

    [Theory]
    [InlineData("""{"tron_address":"TLEJdVP7aaaaaaaaaaaaaaaaaaaaaaaaaa"}""", HttpStatusCode.BadRequest, "1003")]
    [InlineData("""{"purpose":"login"}""", HttpStatusCode.BadRequest, "1002")]
    [InlineData("""{"tron_address":"$","purpose":"steal"}""", HttpStatusCode.BadRequest, "1001")]
    [InlineData("""{"tron_address":"$","purpose":"link"}""", HttpStatusCode.Forbidden, "4003")]
    [InlineData("""{"tron_address":"$","method":"tron_tx"}""", HttpStatusCode.Forbidden, "4003")]
    [InlineData("""{"tron_address":"$","method":"eip191"}""", HttpStatusCode.BadRequest, "1001")]
    [InlineData("""{"tron_address":"$","wallet_type":"trezor"}""", HttpStatusCode.BadRequest, "2008")]
    [InlineData("""{"tron_address":"$","wallet_type":"mock"}""", HttpStatusCode.BadRequest, "1001")]
    public async Task What_cannot_be_signed_is_refused_by_name(string body, HttpStatusCode status, string code)
    {
        using var http = _host.Client();
        using var content = new StringContent(body.Replace("$", _wallet.Address.ToString(), StringComparison.Ordinal), Encoding.UTF8, "application/json");
        await (await http.PostAsync("/auth/challenge", content)).AssertErrorAsync(status, code);
    }

    [Fact]
    public async Task The_twenty_first_open_challenge_of_a_client_drops_the_oldest_and_no_other_clients()
    {
        using var victim = WalletKey.Generate();
        var elsewhere = await _host.ChallengeAsync(victim.Address, client: "198.51.100.1");
        var issued = new List<Challenge>();
        for (var i = 0; i < 21; i++)
        {
            issued.Add(await _host.ChallengeAsync(victim.Address));
        }

        await (await LoginAsync(victim, issued[0])).AssertErrorAsync(HttpStatusCode.Unauthorized, "2012");
        Assert.Equal(HttpStatusCode.OK, (await LoginAsync(victim, issued[1])).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await LoginAsync(victim, elsewhere)).StatusCode);
    }

    [Fact]
    public async Task Used_challenges_are_not_open_any_more()
    {
        using var first = WalletKey.Generate();
        var oldest = await _host.ChallengeAsync(first.Address);
        for (var i = 0; i < 25; i++)
        {
            using var wallet = WalletKey.Generate();
            Assert.Equal(HttpStatusCode.OK, (await _host.TryLoginAsync(wallet)).StatusCode);
        }

        Assert.Equal(HttpStatusCode.OK, (await LoginAsync(first, oldest)).StatusCode);
    }

    [Theory]
    [InlineData(AppIds.ApiGateway, "203.0.113.7", "203.0.113.7", "203.0.113.0/24")]
    [InlineData(AppIds.ApiGateway, "::ffff:203.0.113.7", "203.0.113.7", "203.0.113.0/24")]
    [InlineData(AppIds.ApiGateway, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/48")]
    [InlineData(AppIds.ApiGateway, "not an address", "unknown", null)]
    [InlineData(AppIds.SessionApi, "203.0.113.7", "unknown", null)]
    public void Only_the_gateway_is_believed_about_the_clients_address(string caller, string header, string key, string? prefix)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers[LucidHeaders.DaprCallerAppId] = caller;
        request.Headers[LucidHeaders.ClientAddress] = header;
        Assert.Equal(new ClientAddress(key, prefix), ClientAddress.Of(request));
    }

    private Task<HttpResponseMessage> LoginAsync(WalletKey wallet, Challenge challenge) =>
        _host.PostLoginAsync(wallet.Address.ToString(), challenge.ChallengeId, wallet.SignMessage(Encoding.ASCII.GetBytes(challenge.Message)));
}
