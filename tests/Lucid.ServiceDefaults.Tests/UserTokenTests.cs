using System.Net;
using System.Net.Http.Json;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public sealed class UserTokenTests : IAsyncLifetime
{
    private static readonly Guid User = Guid.Parse("0198c0de-0000-7000-8000-00000000000a");

    private readonly TokenIssuer _issuer = new();
    private TestService _service = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _service.Sidecar.OnInvoke = _issuer.Serve;
    }

    public ValueTask DisposeAsync() => _service.DisposeAsync();

    [Fact]
    public async Task A_good_token_opens_the_users_own_things_only()
    {
        using var mine = _service.Client(bearer: _issuer.Issue(User));
        var created = await mine.PostAsJsonAsync("/api/v1/notes", new { text = "hello", priority = 1 });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await mine.GetAsync(created.Headers.Location)).StatusCode);

        using var other = _service.Client(bearer: _issuer.Issue(Guid.NewGuid()));
        await (await other.GetAsync(created.Headers.Location)).AssertErrorAsync(HttpStatusCode.NotFound, "4001", "note_not_found");
    }

    [Fact]
    public async Task No_token_is_2001_and_expired_is_2002()
    {
        using var none = _service.Client();
        var response = await none.GetAsync($"/api/v1/notes/{User}");
        await response.AssertErrorAsync(HttpStatusCode.Unauthorized, "2001");
        Assert.Equal("Bearer realm=\"lucid\"", response.Headers.WwwAuthenticate.ToString());

        using var late = _service.Client(bearer: _issuer.Issue(User, expires: DateTimeOffset.UtcNow.AddSeconds(-31)));
        response = await late.GetAsync($"/api/v1/notes/{User}");
        await response.AssertErrorAsync(HttpStatusCode.Unauthorized, "2002");
        Assert.Contains("error=\"invalid_token\"", response.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);

        using var inSkew = _service.Client(bearer: _issuer.Issue(User, expires: DateTimeOffset.UtcNow.AddSeconds(-20)));
        Assert.Equal(HttpStatusCode.NotFound, (await inSkew.GetAsync($"/api/v1/notes/{User}")).StatusCode);
    }

    public static TheoryData<string> BadTokens => ["garbage", "issuer", "audience", "type", "key", "signature", "none", "hs256", "long"];

    [Theory]
    [MemberData(nameof(BadTokens))]
    public async Task Any_other_token_is_2003(string fault)
    {
        var good = _issuer.Issue(User);
        var parts = good.Split('.');
        var token = fault switch
        {
            "garbage" => "abc",
            "issuer" => _issuer.Issue(User, issuer: "lucid-api-gateway"),
            "audience" => _issuer.Issue(User, audience: "lucid-services"),
            "type" => _issuer.Issue(User, type: "JWT"),
            "key" => new TokenIssuer().Issue(User), // same kid, another key
            "signature" => $"{parts[0]}.{parts[1]}.{Convert.ToBase64String(new byte[64]).TrimEnd('=')}",
            "none" => $"{Encode("""{"alg":"none","typ":"at+jwt","kid":"k1"}""")}.{parts[1]}.",
            "hs256" => $"{Encode("""{"alg":"HS256","typ":"at+jwt","kid":"k1"}""")}.{parts[1]}.{parts[2]}",
            _ => good + new string('a', 4096),
        };
        using var client = _service.Client(bearer: token);
        await (await client.GetAsync($"/api/v1/notes/{User}")).AssertErrorAsync(HttpStatusCode.Unauthorized, "2003");
    }

    [Fact]
    public async Task A_rotated_key_is_found_and_known_keys_outlive_the_auth_service()
    {
        var clock = new SettableClock();
        await using var service = await TestService.StartAsync(builder => builder.Services.AddSingleton<TimeProvider>(clock));
        service.Sidecar.OnInvoke = _issuer.Serve;
        using var old = service.Client(bearer: _issuer.Issue(User));
        Assert.Equal(HttpStatusCode.NotFound, (await old.GetAsync($"/api/v1/notes/{User}")).StatusCode);

        clock.Advance(TimeSpan.FromSeconds(6));
        var next = new TokenIssuer("k2");
        service.Sidecar.OnInvoke = next.Serve;
        using var rotated = service.Client(bearer: next.Issue(User));
        Assert.Equal(HttpStatusCode.NotFound, (await rotated.GetAsync($"/api/v1/notes/{User}")).StatusCode);

        service.Sidecar.OnInvoke = (_, context) =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal(HttpStatusCode.NotFound, (await rotated.GetAsync($"/api/v1/notes/{User}")).StatusCode);
    }

    [Fact]
    public async Task Without_any_keys_the_answer_is_503_not_401()
    {
        await using var service = await TestService.StartAsync();
        using var client = service.Client(bearer: _issuer.Issue(User));
        await (await client.GetAsync($"/api/v1/notes/{User}")).AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "5008", "auth_unavailable");
    }

    [Fact]
    public async Task Roles_and_step_up_are_asked_for()
    {
        using var user = _service.Client(bearer: _issuer.Issue(User));
        await (await user.DeleteAsync($"/api/v1/notes/{User}")).AssertErrorAsync(HttpStatusCode.Forbidden, "2004", "role");

        using var stale = _service.Client(bearer: _issuer.Issue(User, role: "admin", authTime: DateTimeOffset.UtcNow.AddMinutes(-6)));
        await (await stale.DeleteAsync($"/api/v1/notes/{User}")).AssertErrorAsync(HttpStatusCode.Forbidden, "2016", "step_up_required");

        using var weak = _service.Client(bearer: _issuer.Issue(User, role: "admin", acr: "aal1"));
        await (await weak.DeleteAsync($"/api/v1/notes/{User}")).AssertErrorAsync(HttpStatusCode.Forbidden, "2016", "step_up_required");

        using var admin = _service.Client(bearer: _issuer.Issue(User, role: "admin"));
        Assert.Equal(HttpStatusCode.NoContent, (await admin.DeleteAsync($"/api/v1/notes/{User}")).StatusCode);
    }

    private static string Encode(string json) => Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(json)).TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
