using System.Buffers.Text;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Lucid.AuthService.Domain;
using Lucid.AuthService.Tests.Support;
using Lucid.Contracts.Access;
using Lucid.Contracts.Auth;
using Lucid.Contracts.Errors;
using Lucid.Contracts.Events;
using Lucid.Contracts.Services;
using Lucid.ServiceDefaults;
using Lucid.Wallets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Lucid.AuthService.Tests;

public sealed class TokenTests : IAsyncLifetime
{
    private readonly WalletKey _wallet = WalletKey.Generate();
    private AuthHost _host = null!;

    public async ValueTask InitializeAsync() => _host = await AuthHost.StartAsync();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Another_service_verifies_access_tokens_against_the_published_keys()
    {
        var login = await _host.LoginAsync(_wallet);
        await using var other = Verifier();
        var result = await other.Services.GetRequiredService<UserTokenValidator>().ValidateAsync(login.AccessToken, default);
        var user = UserContext.From(result.Principal!)!;
        Assert.Equal(login.User.UserId, user.UserId.ToString());
        Assert.Equal((login.SessionId, "user", "aal1", "none"), (user.SessionId, user.Role, user.Acr, user.Kyc));
        Assert.Equal(_host.Clock.GetUtcNow(), user.AuthTime);
    }

    [Fact]
    public async Task An_access_token_has_the_header_and_the_claims_of_the_profile_and_no_others()
    {
        var (header, claims) = Read((await _host.LoginAsync(_wallet)).AccessToken);
        Assert.Equal(["alg", "kid", "typ"], header.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("ES256", "at+jwt"), (header.GetProperty("alg").GetString(), header.GetProperty("typ").GetString()));
        Assert.Equal(
            ["acr", "amr", "aud", "auth_time", "client_id", "exp", "iat", "iss", "jti", "kyc", "nbf", "role", "roles", "sid", "sub"],
            claims.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));
        Assert.Equal(("lucid-auth-service", "lucid-blockchain"), (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString()));
        Assert.Equal(900, claims.GetProperty("exp").GetInt64() - claims.GetProperty("iat").GetInt64());
        Assert.Equal("swk", Assert.Single(claims.GetProperty("amr").EnumerateArray()).GetString());
        Assert.Equal("user", Assert.Single(claims.GetProperty("roles").EnumerateArray()).GetString());
    }

    [Fact]
    public async Task Tokens_of_another_algorithm_or_key_are_refused()
    {
        var login = await _host.LoginAsync(_wallet);
        var parts = login.AccessToken.Split('.');
        var (header, _) = Read(login.AccessToken);
        var kid = header.GetProperty("kid").GetString()!;
        var jwks = await (await _host.GetAsync(Routes.Jwks, null)).Content.ReadAsStringAsync();

        string Forge(string algorithm, Func<byte[], byte[]> sign)
        {
            var head = Base64Url.EncodeToString(Encoding.UTF8.GetBytes($$"""{"alg":"{{algorithm}}","typ":"at+jwt","kid":"{{kid}}"}"""));
            return $"{head}.{parts[1]}.{Base64Url.EncodeToString(sign(Encoding.ASCII.GetBytes($"{head}.{parts[1]}")))}";
        }

        using var foreign = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string[] forgeries =
        [
            Forge("none", _ => []),
            Forge("HS256", data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(jwks), data)),
            Forge("HS256", data => HMACSHA256.HashData(Encoding.UTF8.GetBytes(AuthHost.JwtSecret), data)),
            Forge("ES256", data => foreign.SignData(data, HashAlgorithmName.SHA256)),
        ];
        await using var other = Verifier();
        foreach (var forgery in forgeries)
        {
            Assert.Equal(LucidErrors.TokenInvalid, (await other.Services.GetRequiredService<UserTokenValidator>().ValidateAsync(forgery, default)).Refusal);
            await (await _host.GetAsync("/users/me", forgery)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2003");
            Assert.False((await _host.IntrospectAsync(forgery)).Active);
        }
    }

    [Fact]
    public async Task An_expired_token_is_2002_and_not_active()
    {
        var login = await _host.LoginAsync(_wallet);
        _host.Clock.Advance(TimeSpan.FromSeconds(931));
        await (await _host.GetAsync("/users/me", login.AccessToken)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2002");
        Assert.False((await _host.IntrospectAsync(login.AccessToken)).Active);
    }

    [Fact]
    public async Task The_key_set_holds_public_keys_only_and_the_store_no_usable_secret()
    {
        var login = await _host.LoginAsync(_wallet);
        var jwks = await AuthHost.ReadAsync<JsonWebKeys>(await _host.GetAsync(Routes.Jwks, null, AppIds.SessionApi));
        var key = Assert.Single(jwks.Keys);
        Assert.Equal(("EC", "P-256", "sig", "ES256"), (key.Kty, key.Crv, key.Use, key.Alg));
        var thumbprint = SHA256.HashData(Encoding.ASCII.GetBytes($$"""{"crv":"P-256","kty":"EC","x":"{{key.X}}","y":"{{key.Y}}"}"""));
        Assert.Equal(Base64Url.EncodeToString(thumbprint), key.Kid);

        var dump = _host.State.Dump();
        Assert.DoesNotContain(login.RefreshToken!, dump, StringComparison.Ordinal);
        Assert.DoesNotContain(login.AccessToken.Split('.')[2], dump, StringComparison.Ordinal);
        Assert.DoesNotContain(AuthHost.JwtSecret, dump, StringComparison.Ordinal);
        var wrapped = JsonDocument.Parse(dump.Split('\n').Single(row => row.StartsWith("key-ring:", StringComparison.Ordinal)).Split(' ', 2)[1])
            .RootElement.GetProperty("data").GetProperty("keys")[0].GetProperty("wrapped").GetBytesFromBase64();
        using var ecdsa = ECDsa.Create();
        Assert.ThrowsAny<CryptographicException>(() => ecdsa.ImportPkcs8PrivateKey(wrapped.AsSpan(12), out _));
    }

    [Fact]
    public async Task Replicas_that_start_together_agree_on_one_key()
    {
        await using var replica = await AuthHost.StartAsync(_host.State, _host.Clock);
        var sets = await Task.WhenAll(
            new[] { _host, replica, _host, replica }.Select(async host => await AuthHost.ReadAsync<JsonWebKeys>(await host.GetAsync(Routes.Jwks, null))));
        Assert.Single(sets.SelectMany(set => set.Keys.Select(key => key.Kid)).Distinct());
    }

    [Fact]
    public async Task After_ninety_days_the_next_key_signs_and_was_published_before()
    {
        var old = Kid(await _host.LoginAsync(_wallet));
        _host.Clock.Advance(KeyRing.Life - TimeSpan.FromHours(1));
        var published = await AuthHost.ReadAsync<JsonWebKeys>(await _host.GetAsync(Routes.Jwks, null));
        Assert.Equal(2, published.Keys.Count);
        Assert.Equal(old, Kid(await _host.LoginAsync(_wallet)));

        _host.Clock.Advance(TimeSpan.FromMinutes(59));
        var last = await _host.LoginAsync(_wallet);
        _host.Clock.Advance(TimeSpan.FromMinutes(2));
        var next = await _host.LoginAsync(_wallet);
        Assert.Equal(published.Keys[1].Kid, Kid(next));
        Assert.True((await _host.IntrospectAsync(last.AccessToken)).Active);
        Assert.True((await _host.IntrospectAsync(next.AccessToken)).Active);
        Assert.Equal(2, _host.State.Events.Count(e => e.Type == EventTypes.KeysRotated));

        _host.Clock.Advance(KeyRing.KeptAfter);
        Assert.Equal(Kid(next), Assert.Single((await AuthHost.ReadAsync<JsonWebKeys>(await _host.GetAsync(Routes.Jwks, null))).Keys).Kid);
    }

    [Fact]
    public void A_service_that_slept_over_the_change_still_publishes_an_hour_before_use()
    {
        var start = new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
        static SigningKey Make(DateTimeOffset useFrom) => new("k" + useFrom.Ticks, "x", "y", [], useFrom, useFrom);
        var ring = KeyRing.Empty.Advance(start, Make);
        var late = start + KeyRing.Life + TimeSpan.FromDays(30);
        var advanced = ring.Advance(late, Make);
        Assert.Equal(late + TimeSpan.FromHours(1), advanced.Keys[^1].UseFrom);
        Assert.Equal(ring.Keys[0], advanced.Active(late));
        Assert.Same(advanced, advanced.Advance(late, Make));
    }

    [Fact]
    public async Task Exchange_gives_a_minute_for_one_audience_and_its_token_opens_nothing_here()
    {
        var login = await _host.LoginAsync(_wallet);
        using var http = _host.Client();
        var exchanged = await AuthHost.ReadAsync<ExchangedToken>(
            await http.PostAsJsonAsync(Routes.Auth.Exchange, new { token = login.AccessToken, audience = TokenAudiences.Wallet }));
        Assert.Equal(60, exchanged.ExpiresIn);
        var (_, claims) = Read(exchanged.AccessToken);
        Assert.Equal(("lucid-wallet", AppIds.ApiGateway), (claims.GetProperty("aud").GetString(), claims.GetProperty("act").GetProperty("sub").GetString()));
        Assert.Equal(login.SessionId, claims.GetProperty("sid").GetString());
        await (await _host.GetAsync("/users/me", exchanged.AccessToken)).AssertErrorAsync(HttpStatusCode.Unauthorized, "2003");
        await (await http.PostAsJsonAsync(Routes.Auth.Exchange, new { token = exchanged.AccessToken, audience = TokenAudiences.Wallet })).AssertErrorAsync(HttpStatusCode.Unauthorized, "2003");
        await (await http.PostAsJsonAsync(Routes.Auth.Exchange, new { token = login.AccessToken, audience = AppIds.WalletManager })).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "audience");
    }

    [Theory]
    [InlineData(Routes.Auth.Introspect)]
    [InlineData(Routes.Auth.Exchange)]
    public async Task Introspection_and_exchange_are_the_gateways_alone(string route)
    {
        using var http = _host.Client(caller: AppIds.SessionApi);
        await (await http.PostAsJsonAsync(route, new { token = "a", audience = "b" })).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "caller_not_allowed");
    }

    [Fact]
    public async Task Answers_with_tokens_are_not_cached()
    {
        var response = await _host.TryLoginAsync(_wallet);
        Assert.True(response.Headers.CacheControl!.NoStore);
    }

    private static (JsonElement Header, JsonElement Claims) Read(string token)
    {
        var parts = token.Split('.');
        return (JsonDocument.Parse(Base64Url.DecodeFromChars(parts[0])).RootElement, JsonDocument.Parse(Base64Url.DecodeFromChars(parts[1])).RootElement);
    }

    private static string Kid(AuthResponse login) => Read(login.AccessToken).Header.GetProperty("kid").GetString()!;

    /// <summary>A service as all others are, which reads the keys over the wire.</summary>
    private WebApplication Verifier()
    {
        var builder = LucidService.CreateBuilder(AuthHost.Arguments(), AppIds.SessionApi);
        builder.AddUserTokens();
        builder.Logging.ClearProviders();
        builder.Services.Replace(ServiceDescriptor.Singleton<IJwksSource>(new WireJwks(_host)));
        builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_host.Clock));
        return builder.Build();
    }

    private sealed class WireJwks(AuthHost host) : IJwksSource
    {
        public async Task<string?> ReadAsync(CancellationToken cancellationToken) =>
            await (await host.GetAsync(Routes.Jwks, null, AppIds.SessionApi)).Content.ReadAsStringAsync(cancellationToken);
    }
}
