using System.Net;
using Lucid.Sidecar.Conformance.Worlds;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Conformance.Invocation;

/// <summary>Statements 102 to 115, 119 to 123, 125 and 127: one request and its answer.</summary>
public sealed class InvocationTests(InvocationWorld world) : IClassFixture<InvocationWorld>
{
    [Fact]
    public async Task S102_path_and_query_reach_the_app()
    {
        using var client = world.Sdk(world.At).CreateInvokableHttpClient("callee");
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync("/s102?q=1")).StatusCode);
        Assert.Equal(("GET", "/s102?q=1"), (world.Callee.At("/s102")[0].Method, world.Callee.At("/s102")[0].Path));
    }

    [Fact]
    public async Task S103_the_app_may_be_named_by_a_header_that_goes_no_further()
    {
        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(world.At, "/s103?q=1", ("dapr-app-id", "callee"))).StatusCode);
        var request = Assert.Single(world.Callee.At("/s103"));
        Assert.Equal(("/s103?q=1", null), (request.Path, request.Header("dapr-app-id")));
    }

    [Fact]
    public async Task S104_the_app_may_be_named_by_Basic_credentials()
    {
        var credentials = Convert.ToBase64String("dapr-app-id:callee"u8);
        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(world.At, "/s104?q=1", ("Authorization", $"Basic {credentials}"))).StatusCode);
        Assert.Equal("/s104?q=1", Assert.Single(world.Callee.At("/s104")).Path);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    public async Task S105_every_verb_passes(string verb)
    {
        Assert.Equal(HttpStatusCode.OK, (await world.InvokeAsync($"s105-{verb}", verb)).StatusCode);
        Assert.Equal(verb, Assert.Single(world.Callee.At($"/s105-{verb}")).Method);
    }

    [Theory]
    [InlineData(201)]
    [InlineData(404)]
    [InlineData(418)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task S106_status_headers_and_body_come_back_as_they_are(int status)
    {
        world.Callee.On($"/s106-{status}", (_, http) =>
        {
            http.Response.StatusCode = status;
            http.Response.Headers["X-Answer"] = "a, b";
            http.Response.ContentType = "application/problem+json; charset=utf-8";
            return http.Response.WriteAsync("{ \"as\" : \"is\" }");
        });
        var answer = await world.InvokeAsync($"s106-{status}", "POST", World.Body("x", "text/x-test"));
        await answer.IsAsync(status, "{ \"as\" : \"is\" }");
        Assert.Equal(("a, b", "application/problem+json; charset=utf-8"), (answer.Header("X-Answer"), answer.Header("Content-Type")));
        var request = Assert.Single(world.Callee.At($"/s106-{status}"));
        Assert.Equal(("x", "text/x-test"), (request.Text, request.Header("Content-Type")));
    }

    [Fact]
    public async Task S107_headers_of_one_hop_stay_on_it()
    {
        world.Callee.On("/s107", (_, http) =>
        {
            http.Response.Headers.Connection = "X-Back";
            http.Response.Headers["X-Back"] = "1";
            http.Response.Headers["Keep-Alive"] = "timeout=1";
            http.Response.Headers["Proxy-Authenticate"] = "Basic";
            http.Response.Headers["X-Kept"] = "1";
            return Task.CompletedTask;
        });
        // HTTP/1.0, which ends with its answer: beside the word close Kestrel keeps no other names in Connection.
        var answer = await RawHttp.SendAsync(world.At, """
            GET /v1.0/invoke/callee/method/s107 HTTP/1.0
            Host: sidecar
            Connection: X-There
            X-There: 1
            Keep-Alive: timeout=1
            Proxy-Authorization: Basic x
            TE: trailers
            X-Kept: 1
            """);
        var request = Assert.Single(world.Callee.At("/s107"));
        Assert.All(new[] { "X-There", "Keep-Alive", "Proxy-Authorization", "TE" }, name => Assert.Null(request.Header(name)));
        Assert.Equal("1", request.Header("X-Kept"));
        Assert.Contains("X-Kept: 1", answer);
        Assert.All(new[] { "X-Back", "Keep-Alive", "Proxy-Authenticate" }, name => Assert.DoesNotContain(name, answer, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task S108_the_length_is_that_of_what_is_sent()
    {
        world.Callee.On("/s108", async (_, http) =>
        {
            http.Response.ContentLength = 5;
            await http.Response.WriteAsync(HttpMethods.IsHead(http.Request.Method) ? "" : "12345");
        });
        foreach (var (verb, body) in new[] { ("GET", "12345"), ("HEAD", "") })
        {
            var answer = await RawHttp.SendAsync(world.At, $"{verb} /v1.0/invoke/callee/method/s108 HTTP/1.1\nHost: sidecar\nConnection: close");
            Assert.EndsWith("\r\n\r\n" + body, answer, StringComparison.Ordinal);
            Assert.Equal(1, answer.Split("Content-Length: 5").Length - 1);
            Assert.DoesNotContain("Transfer-Encoding", answer, StringComparison.OrdinalIgnoreCase);
        }

        world.Callee.On("/s108-open", async (_, http) =>
        {
            await http.Response.StartAsync();
            await http.Response.WriteAsync("12345");
        });
        Assert.DoesNotContain("Content-Length", await RawHttp.SendAsync(world.At, "GET /v1.0/invoke/callee/method/s108-open HTTP/1.1\nHost: sidecar\nConnection: close"));
    }

    [Fact]
    public async Task S109_a_repeated_header_keeps_all_its_values()
    {
        world.Callee.On("/s109", (_, http) =>
        {
            http.Response.Headers.Append("Set-Cookie", "a=1");
            http.Response.Headers.Append("Set-Cookie", "b=2");
            return Task.CompletedTask;
        });
        var answer = await RawHttp.SendAsync(world.At, """
            GET /v1.0/invoke/callee/method/s109 HTTP/1.1
            Host: sidecar
            Connection: close
            X-Many: one
            X-Many: two
            """);
        Assert.Equal(["one", "two"], Assert.Single(world.Callee.At("/s109")).Header("X-Many")!.Split(',', StringSplitOptions.TrimEntries));
        Assert.Contains("Set-Cookie: a=1", answer);
        Assert.Contains("Set-Cookie: b=2", answer);
    }

    [Fact]
    public async Task S110_an_unknown_app_is_a_failed_invocation() =>
        await (await world.GetAsync(world.At, "/v1.0/invoke/nobody/method/m")).IsRefusedAsync(500, "ERR_DIRECT_INVOKE");

    [Fact]
    public async Task S111_without_an_app_id_there_is_nobody_to_invoke() =>
        await (await world.GetAsync(world.At, "/somewhere/else")).IsRefusedAsync(404, "ERR_DIRECT_INVOKE");

    [Fact]
    public async Task S112_the_app_is_told_who_calls_whom()
    {
        await world.InvokeAsync("s112", headers: ("dapr-caller-app-id", "somebody-else"));
        var request = Assert.Single(world.Callee.At("/s112"));
        Assert.Equal(("caller", "land", "callee"), (request.Header("dapr-caller-app-id"), request.Header("dapr-caller-namespace"), request.Header("dapr-callee-app-id")));
    }

    [Fact]
    public async Task S113_the_app_is_told_that_the_call_was_forwarded()
    {
        await world.InvokeAsync("s113");
        var request = Assert.Single(world.Callee.At("/s113"));
        Assert.All(new[] { "X-Forwarded-For", "X-Forwarded-Host", "Forwarded" }, name => Assert.NotEmpty(request.Header(name)!));
    }

    [Fact]
    public async Task S114_the_app_gets_its_own_token()
    {
        await world.InvokeAsync("s114", headers: ("dapr-api-token", "caller-secret"));
        Assert.Equal("callee-secret", Assert.Single(world.Callee.At("/s114")).Header("dapr-api-token"));
    }

    [Fact]
    public async Task S115_the_token_of_the_API_ends_at_the_sidecar()
    {
        Assert.Equal(HttpStatusCode.OK, (await world.GetAsync(world.Secured, "/v1.0/invoke/retried/method/s115", ("dapr-api-token", "api-secret"))).StatusCode);
        Assert.Null(Assert.Single(world.Callee.At("/s115")).Header("dapr-api-token"));
    }

    [Theory]
    [InlineData("s119-1/a//b", "/s119-1/a/b")]
    [InlineData("s119-2/a/./b", "/s119-2/a/b")]
    [InlineData("s119-3/x/../a/b", "/s119-3/a/b")]
    [InlineData("/s119-4/a/b", "/s119-4/a/b")]
    public async Task S119_the_path_is_cleaned(string method, string served)
    {
        await world.InvokeAsync(method);
        Assert.Single(world.Callee.Exactly(served));
    }

    [Fact]
    public async Task S120_a_slash_at_the_end_is_dropped()
    {
        await world.InvokeAsync("s120/a/");
        Assert.Equal("/s120/a", Assert.Single(world.Callee.At("/s120")).Path);
    }

    [Fact]
    public async Task S121_an_encoded_slash_is_a_slash()
    {
        await world.InvokeAsync("s121%2Fa");
        Assert.Equal("/s121/a", Assert.Single(world.Callee.At("/s121")).Path);
    }

    [Theory]
    [InlineData("%23")]
    [InlineData("%3F")]
    [InlineData("%0D")]
    public async Task S122_characters_that_would_change_the_request_are_refused(string character)
    {
        await (await world.InvokeAsync($"s122{character}x")).IsRefusedAsync(500, "ERR_DIRECT_INVOKE");
        Assert.Empty(world.Callee.At("/s122"));
    }

    [Fact]
    public async Task S122_a_null_character_is_refused_too()
    {
        // Kestrel answers 400 by itself, daprd 500.
        Assert.Contains((int)(await world.InvokeAsync("s122%00x")).StatusCode, new[] { 400, 500 });
        Assert.Empty(world.Callee.At("/s122"));
    }

    [Fact]
    public async Task S123_a_percent_sign_that_escapes_nothing_is_refused()
    {
        await (await world.InvokeAsync("s123%25zz")).IsRefusedAsync(500, "ERR_DIRECT_INVOKE");
        Assert.Empty(world.Callee.At("/s123"));
    }

    [Fact]
    public async Task S125_a_call_to_oneself_stays_in_the_sidecar()
    {
        var answer = await world.GetAsync(world.At, "/v1.0/invoke/caller/method/s125", ("dapr-caller-app-id", "as-given"));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("as-given", Assert.Single(world.Caller.At("/s125")).Header("dapr-caller-app-id"));
    }

    [Fact]
    public async Task S127_a_redirection_is_returned_and_not_followed()
    {
        world.Callee.On("/s127", (_, http) =>
        {
            http.Response.Redirect("/s127-target");
            return Task.CompletedTask;
        });
        var answer = await world.InvokeAsync("s127");
        Assert.Equal((HttpStatusCode.Redirect, "/s127-target"), (answer.StatusCode, answer.Header("Location")));
        Assert.Empty(world.Callee.At("/s127-target"));
    }
}
