using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Lucid.Cli.Api;
using Lucid.Contracts;
using Lucid.Contracts.Sessions;

namespace Lucid.EndToEnd;

/// <summary>Bad input through the whole system: status, code and reason as the specifications name them.</summary>
[Collection(StackCollection.Name)]
[Trait("Needs", "Program")]
public class RefusalTests(StackFixture fixture)
{
    private readonly HttpClient http = new() { BaseAddress = new Uri(fixture.Stack.Gateway) };

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/internal/v1/pipelines")]
    [InlineData("/v1.0/invoke/lucid-auth-service/method/health")]
    [InlineData("/dapr/subscribe")]
    [InlineData("/api/v1/unknown")]
    public async Task What_is_not_a_public_route_does_not_exist(string path)
    {
        using var answer = await http.GetAsync(path);
        await ExpectAsync(answer, HttpStatusCode.NotFound, "LUCID_ERR_4001");
    }

    [Fact]
    public async Task Without_a_token_the_answer_is_2001()
    {
        using var answer = await http.GetAsync("/api/v1/sessions");
        await ExpectAsync(answer, HttpStatusCode.Unauthorized, "LUCID_ERR_2001");
        Assert.Contains("Bearer", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_token_is_2003()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var parts = user.Gateway.Profile.AccessToken!.Split('.');
        var forged = $"{parts[0]}.{parts[1]}.{new string(parts[2].Reverse().ToArray())}";
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/sessions");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", forged);
        using var answer = await http.SendAsync(request);
        await ExpectAsync(answer, HttpStatusCode.Unauthorized, "LUCID_ERR_2003");
    }

    [Fact]
    public async Task An_unknown_member_is_refused_and_named()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var refusal = await Assert.ThrowsAsync<Lucid.Cli.CliException>(() =>
            user.Gateway.PostAsync<JsonElement>("/api/v1/sessions", new { name = "x", owner_id = "somebody" }, default));
        Assert.Contains("LUCID_ERR_1001", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_challenge_answers_once()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        using var wallet = (await user.Store.WalletAsync(null, default)).Key;
        var challenge = await user.Gateway.PostAsync<JsonElement>("/api/v1/auth/challenge", new { tron_address = wallet.Address.ToString(), purpose = "login" }, default, anonymous: true);
        var login = new
        {
            tron_address = wallet.Address.ToString(),
            challenge_id = challenge.GetProperty("challenge_id").GetString(),
            signature = wallet.SignMessage(System.Text.Encoding.UTF8.GetBytes(challenge.GetProperty("message").GetString()!)),
        };
        await user.Gateway.PostAsync<JsonElement>("/api/v1/auth/login", login, default, anonymous: true);
        var refusal = await Assert.ThrowsAsync<Lucid.Cli.CliException>(() => user.Gateway.PostAsync<JsonElement>("/api/v1/auth/login", login, default, anonymous: true));
        Assert.Contains("LUCID_ERR_2012", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_start_without_consent_is_refused()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var session = await user.Gateway.PostAsync<SessionView>("/api/v1/sessions", new CreateSession("no consent"), default);
        var refusal = await Assert.ThrowsAsync<Lucid.Cli.CliException>(() =>
            user.Gateway.PostAsync<SessionStarted>($"/api/v1/sessions/{session.SessionId}/start", new StartSession(Guid.NewGuid().ToString()), default));
        Assert.Contains("LUCID_ERR_2004", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Fragments_at_the_wrong_place_get_the_right_one()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var (session, grant) = await user.Flow.StartAsync("wrong offset", null, default);
        using var answer = await user.Gateway.PutBytesAsync($"/api/v1/sessions/{session}/ingest/{grant.Epoch}/0/77", Sample.Bytes, LucidHeaders.IngestToken, grant.Token, default);
        var error = await ExpectAsync(answer, HttpStatusCode.Conflict, "LUCID_ERR_4007");
        Assert.Equal("wrong_offset", error.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_stale_epoch_a_wrong_ingest_token_and_a_torn_fragment_are_refused()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var (session, grant) = await user.Flow.StartAsync("refusals", null, default);
        using var stale = await user.Gateway.PutBytesAsync($"/api/v1/sessions/{session}/ingest/{grant.Epoch + 1}/0/0", Sample.Bytes, LucidHeaders.IngestToken, grant.Token, default);
        Assert.Equal("stale_epoch", (await ExpectAsync(stale, HttpStatusCode.Conflict, "LUCID_ERR_4007")).GetProperty("reason").GetString());
        using var foreign = await user.Gateway.PutBytesAsync($"/api/v1/sessions/{session}/ingest/{grant.Epoch}/0/0", Sample.Bytes, LucidHeaders.IngestToken, "other", default);
        await ExpectAsync(foreign, HttpStatusCode.NotFound, "LUCID_ERR_4001");
        using var torn = await user.Gateway.PutBytesAsync($"/api/v1/sessions/{session}/ingest/{grant.Epoch}/0/0", Sample.Bytes.AsMemory(0, Sample.Bytes.Length - 3), LucidHeaders.IngestToken, grant.Token, default);
        Assert.Equal("malformed_fragments", (await ExpectAsync(torn, HttpStatusCode.BadRequest, "LUCID_ERR_1001")).GetProperty("reason").GetString());
    }

    [Fact]
    public async Task A_body_over_the_limit_is_413()
    {
        await using var user = await User.LoginAsync(fixture.Stack);
        var (session, grant) = await user.Flow.StartAsync("too large", null, default);
        using var request = new HttpRequestMessage(HttpMethod.Put, $"/api/v1/sessions/{session}/ingest/{grant.Epoch}/0/0") { Content = new ByteArrayContent(new byte[(10 << 20) + 1]) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user.Gateway.Profile.AccessToken);
        request.Headers.Add(LucidHeaders.IngestToken, grant.Token);
        request.Headers.ExpectContinue = true; // refused by its declared length, before the body is sent

        using var answer = await http.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    private static async Task<JsonElement> ExpectAsync(HttpResponseMessage answer, HttpStatusCode status, string code)
    {
        var error = await GatewayClient.ReadErrorAsync(answer, default);
        Assert.True(answer.StatusCode == status, $"{(int)answer.StatusCode} {error?.Code} {error?.Message}");
        Assert.NotNull(error);
        Assert.Equal(code, error.Code);
        Assert.True(Guid.TryParse(error.RequestId, out _));
        return error.Details ?? default;
    }
}
