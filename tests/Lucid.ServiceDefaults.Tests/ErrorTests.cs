using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Lucid.Contracts.Access;
using Lucid.ServiceDefaults.Tests.Support;
using Lucid.ServiceDefaults.Wall;

namespace Lucid.ServiceDefaults.Tests;

public sealed class ErrorTests : IAsyncLifetime
{
    private sealed record Inner(int Depth);

    private sealed record Order(string Name, int Size, Inner? Inner);

    private TestService _service = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync(
            builder => builder.Services.AddSingleton<AllowRules>(_ =>
            [
                .. TestService.Rules,
                new AllowRule(AppIds.ApiGateway, AppIds.SessionApi, "POST", "/test/orders"),
                new AllowRule(AppIds.ApiGateway, AppIds.SessionApi, "GET", "/test/refused"),
                new AllowRule(AppIds.ApiGateway, AppIds.SessionApi, "GET", "/test/thrown"),
                new AllowRule(AppIds.ApiGateway, AppIds.SessionApi, "GET", "/test/number/{n}"),
            ]),
            app =>
            {
                app.MapPost("/test/orders", (Order order) => order);
                app.MapGet("/test/number/{n}", (int n) => n);
                app.MapGet("/test/refused", () => LucidResults.Error(
                    LucidErrors.WrongState, "Stop the session first.", "still_recording", new Dictionary<string, object?> { ["state"] = "recording" }, TimeSpan.FromSeconds(1.5)));
                app.MapGet("/test/thrown", IResult () => throw new LucidException(LucidErrors.Unavailable, "Try again.", "busy") { RetryAfter = TimeSpan.FromSeconds(3) });
            });
        _client = _service.Client();
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task A_refusal_has_the_whole_envelope()
    {
        var response = await _client.GetAsync("/test/refused");
        var error = await response.AssertErrorAsync(HttpStatusCode.Conflict, "4007", "still_recording");
        Assert.Equal("recording", error.GetProperty("details").GetProperty("state").GetString());
        Assert.Equal("Stop the session first.", error.GetProperty("message").GetString());
        Assert.Equal(AppIds.SessionApi, error.GetProperty("service").GetString());
        Assert.Equal("v1", error.GetProperty("version").GetString());
        Assert.Equal(response.Headers.GetValues("X-Request-ID").Single(), error.GetProperty("request_id").GetString());
        Assert.Equal("2", response.Headers.GetValues("Retry-After").Single());
        Assert.EndsWith("Z", error.GetProperty("timestamp").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/problem+json", true)]
    [InlineData("application/problem+json;q=0.5, application/json", false)]
    [InlineData("application/json;q=0.5, application/problem+json", true)]
    [InlineData("*/*", false)]
    public async Task Problem_details_are_given_to_who_prefers_them(string accept, bool problem)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/test/refused");
        request.Headers.Accept.ParseAdd(accept);
        using var response = await _client.SendAsync(request);
        Assert.Equal(problem ? "application/problem+json" : "application/json", response.Content.Headers.ContentType!.MediaType);
        if (problem)
        {
            var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
            Assert.Equal("urn:lucid:error:LUCID_ERR_4007", body.GetProperty("type").GetString());
            Assert.Equal(409, body.GetProperty("status").GetInt32());
            Assert.StartsWith("urn:uuid:", body.GetProperty("instance").GetString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task An_unexpected_exception_shows_nothing_of_itself()
    {
        var response = await _client.GetAsync("/test/fail");
        await response.AssertErrorAsync(HttpStatusCode.InternalServerError, "5001");
        var text = await response.Content.ReadAsStringAsync();
        Assert.DoesNotContain("secret internals", text, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thrown_refusal_becomes_its_answer()
    {
        var response = await _client.GetAsync("/test/thrown");
        await response.AssertErrorAsync(HttpStatusCode.ServiceUnavailable, "5008", "busy");
        Assert.Equal("3", response.Headers.GetValues("Retry-After").Single());
    }

    [Theory]
    [InlineData("""{"name":"a","size":1,"colour":"red"}""", "1001", "unknown_member", "colour")]
    [InlineData("""{"name":"a"}""", "1002", "required", "body")]
    [InlineData("""{"name":"a","name":"b","size":1}""", "1001", "duplicate_member", "name")]
    [InlineData("""{"name":null,"size":1}""", "1001", "type", "name")]
    [InlineData("""{"name":"a","size":"1"}""", "1001", "type", "size")]
    [InlineData("""{"name":"a","size":1""", "1009", "syntax", null)]
    [InlineData("""{"Name":"a","size":1}""", "1001", "unknown_member", "Name")]
    [InlineData("""{"name":"a","size":1,"inner":[[[[[[[[[[[1]]]]]]]]]]]}""", "1001", "type", "inner")]
    public async Task Bad_bodies_name_the_field(string body, string code, string constraint, string? field)
    {
        var response = await _client.PostAsync("/test/orders", new StringContent(body, Encoding.UTF8, "application/json"));
        var error = await response.AssertErrorAsync(HttpStatusCode.BadRequest, code);
        var item = error.GetProperty("details").GetProperty("errors")[0];
        Assert.Equal(constraint, item.GetProperty("constraint").GetString());
        if (field is not null)
        {
            Assert.Equal(field, item.GetProperty("field").GetString());
        }
    }

    [Fact]
    public async Task A_member_that_may_be_null_may_be_left_out()
    {
        var response = await _client.PostAsync("/test/orders", new StringContent("""{"name":"a","size":1}""", Encoding.UTF8, "application/json"));
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task Wrong_media_type_method_and_path_are_errors_in_the_envelope()
    {
        await (await _client.PostAsync("/test/orders", new StringContent("x", Encoding.UTF8, "text/plain"))).AssertErrorAsync(HttpStatusCode.UnsupportedMediaType, "1003");
        await (await _client.PutAsync("/test/orders", null)).AssertErrorAsync(HttpStatusCode.MethodNotAllowed, "4003");
        await (await _client.GetAsync("/test/nothing")).AssertErrorAsync(HttpStatusCode.NotFound, "4001");
        await (await _client.GetAsync("/test/number/x")).AssertErrorAsync(HttpStatusCode.BadRequest, "1001");
    }

    [Fact]
    public async Task A_body_over_the_limit_is_refused_with_the_limit()
    {
        using var body = new ByteArrayContent(new byte[(10 << 20) + 1]);
        body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/test/orders") { Content = body };
        request.Headers.ExpectContinue = true; // asks before it sends, so that the answer is not lost in a broken pipe
        var error = await (await _client.SendAsync(request)).AssertErrorAsync(HttpStatusCode.RequestEntityTooLarge, "1010");
        Assert.Equal(10 << 20, error.GetProperty("details").GetProperty("limit_bytes").GetInt64());
    }

    [Theory]
    [InlineData("0198C0DE-0000-7000-8000-000000000001", true)]
    [InlineData("not-a-uuid", false)]
    [InlineData("{0198c0de-0000-7000-8000-000000000001}", false)]
    public async Task A_request_id_is_taken_over_when_it_is_a_uuid(string given, bool taken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/test/refused");
        request.Headers.Add("X-Request-ID", given);
        var echoed = (await _client.SendAsync(request)).Headers.GetValues("X-Request-ID").Single();
        Assert.Equal(taken, string.Equals(given, echoed, StringComparison.OrdinalIgnoreCase));
        Assert.True(Guid.TryParse(echoed, out _));
    }
}
