using System.Net;
using System.Net.Http.Json;
using Lucid.ServiceDefaults.Entities;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public sealed class IdempotencyTests : IAsyncLifetime
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
    public async Task The_same_key_and_body_get_the_stored_answer_without_a_second_effect()
    {
        var key = Guid.NewGuid();
        var first = await PostAsync(key, "hello");
        var second = await PostAsync(key, "hello");
        Assert.Equal(HttpStatusCode.Created, second.StatusCode);
        Assert.Equal(first.Headers.Location, second.Headers.Location);
        Assert.Equal(await first.Content.ReadAsStringAsync(), await second.Content.ReadAsStringAsync());
        Assert.Single(_service.Store.Messages);
    }

    [Fact]
    public async Task Another_body_is_refused_and_another_user_has_keys_of_his_own()
    {
        var key = Guid.NewGuid();
        await PostAsync(key, "hello");
        await (await PostAsync(key, "other")).AssertErrorAsync(HttpStatusCode.Conflict, "4002", "idempotency_key_reused");
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(key, "other", Guid.NewGuid())).StatusCode);
    }

    [Fact]
    public async Task While_the_first_runs_the_second_is_told_to_wait()
    {
        var key = Guid.NewGuid();
        await PostAsync(key, "hello");
        var stateKey = _service.Store.Keys.Single(k => k.StartsWith("idempotency:", StringComparison.Ordinal));
        var item = _service.Store.Get(stateKey)!;
        var stored = StateJson.Read<Idempotency.StoredAnswer>(item);
        Assert.True(_service.Store.Save(stateKey, StateJson.Write(stored with { RunningUntil = DateTimeOffset.UtcNow.AddMinutes(1) }), item.ETag));

        var waiting = await PostAsync(key, "hello");
        await waiting.AssertErrorAsync(HttpStatusCode.Conflict, "4003", "idempotency_key_running");
        Assert.True(waiting.Headers.Contains("Retry-After"));

        item = _service.Store.Get(stateKey)!;
        Assert.True(_service.Store.Save(stateKey, StateJson.Write(stored with { RunningUntil = DateTimeOffset.UtcNow.AddMinutes(-1) }), item.ETag));
        Assert.Equal(HttpStatusCode.Created, (await PostAsync(key, "hello")).StatusCode); // the first one's process died
    }

    [Fact]
    public async Task A_key_that_is_no_uuid_is_refused()
    {
        using var client = _service.Client(bearer: _issuer.Issue(User));
        client.DefaultRequestHeaders.Add("Idempotency-Key", "abc");
        await (await client.PostAsJsonAsync("/api/v1/notes", new { text = "a", priority = 1 })).AssertErrorAsync(HttpStatusCode.BadRequest, "1005");
    }

    private async Task<HttpResponseMessage> PostAsync(Guid key, string text, Guid? user = null)
    {
        using var client = _service.Client(bearer: _issuer.Issue(user ?? User));
        client.DefaultRequestHeaders.Add("Idempotency-Key", key.ToString());
        return await client.PostAsJsonAsync("/api/v1/notes", new { text, priority = 1 });
    }
}
