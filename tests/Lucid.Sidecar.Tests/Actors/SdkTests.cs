using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Dapr.Actors;
using Lucid.Sidecar.Actors;

namespace Lucid.Sidecar.Tests.Actors;

/// <summary>The .NET SDK on both ends, and the HTTP surface it does not use.</summary>
public sealed class SdkTests
{
    [Fact]
    public async Task Remoting_and_weak_calls_keep_state_between_calls()
    {
        await using var world = await SdkWorld.StartAsync();
        Assert.Equal(2, await world.Counter("1").AddAsync(2));
        Assert.Equal(5, await world.Weak("1").InvokeMethodAsync<int, int>("AddAsync", 3));
        Assert.Equal("5", world.Store.Text("counting||Counter||1||n"));
        Assert.Equal(0, await world.Counter("2").ReadAsync());
    }

    [Fact]
    public async Task A_remote_exception_reaches_the_caller()
    {
        await using var world = await SdkWorld.StartAsync();
        var failure = await Assert.ThrowsAsync<ActorMethodInvocationException>(() => world.Counter("1").FailAsync("no milk"));
        Assert.Contains("no milk", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reminder_fires_and_can_be_read_before()
    {
        await using var world = await SdkWorld.StartAsync();
        var counter = world.Counter("1");
        await counter.RemindAsync(TimeSpan.FromHours(1), 7);
        Assert.Equal("later 01:00:00", await counter.DescribeReminderAsync());
        await counter.RemindAsync(TimeSpan.FromMilliseconds(100), 7);
        await EventuallyAsync(async () => await counter.ReadAsync() == 7);
        Assert.Equal(7, await counter.ReadAsync());
    }

    [Fact]
    public async Task A_timer_fires()
    {
        await using var world = await SdkWorld.StartAsync();
        var counter = world.Counter("1");
        await counter.TickAsync(TimeSpan.FromMilliseconds(50), 3);
        await EventuallyAsync(async () => await counter.ReadAsync() == 3);
    }

    [Fact]
    public async Task Concurrent_calls_of_one_actor_do_not_overlap_in_the_app()
    {
        await using var world = await SdkWorld.StartAsync();
        var overlaps = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => world.Counter("1").OverlapAsync()));
        Assert.DoesNotContain(true, overlaps);
    }

    [Fact]
    public async Task A_reentrant_actor_may_call_itself()
    {
        await using var world = await SdkWorld.StartAsync(reentrant: true);
        Assert.Equal(5, await world.Counter("1").RecurseAsync(5));
        await Assert.ThrowsAnyAsync<Exception>(() => world.Counter("1").RecurseAsync(32));
    }

    [Fact]
    public async Task An_idle_actor_leaves_the_app()
    {
        await using var world = await SdkWorld.StartAsync(idle: TimeSpan.FromMilliseconds(100));
        await world.Counter("1").AddAsync(1);
        await EventuallyAsync(() => Task.FromResult(world.Engine.ActiveActors().Count == 0));
        Assert.Equal(1, await world.Counter("1").ReadAsync());
    }

    [Fact]
    public async Task The_state_routes_answer_as_daprd_does()
    {
        await using var world = await SdkWorld.StartAsync();
        var missing = await SendAsync(world, HttpMethod.Put, "/v1.0/actors/Counter/1/state", """[{"operation":"upsert","request":{"key":"k","value":1}}]""");
        Assert.Equal((HttpStatusCode.BadRequest, "ERR_ACTOR_INSTANCE_MISSING"), (missing.StatusCode, await CodeAsync(missing)));
        await world.Counter("1").ReadAsync();
        Assert.Equal(HttpStatusCode.NoContent, (await world.Api.GetAsync(Path("/v1.0/actors/Counter/1/state/k"))).StatusCode);
        var written = await SendAsync(world, HttpMethod.Post, "//v1.0/actors/Counter/1/state",
            """[{"operation":"upsert","request":{"key":"a b","value":{"x": [1]},"metadata":{"ttlInSeconds":"60"}}},{"operation":"upsert","request":{"key":"c"}},{"operation":"delete","request":{"key":"c"}}]""");
        Assert.Equal(HttpStatusCode.NoContent, written.StatusCode);
        var read = await world.Api.GetAsync(Path("/v1.0/actors/Counter/1/state/a+b"));
        Assert.Equal((HttpStatusCode.OK, """{"x": [1]}"""), (read.StatusCode, await read.Content.ReadAsStringAsync()));
        Assert.Equal("application/json", read.Content.Headers.ContentType!.MediaType);
        Assert.True(read.Headers.Contains("metadata.ttlExpireTime"));
        Assert.False(world.Store.Data.ContainsKey("counting||Counter||1||c"));
        Assert.Equal("ERR_MALFORMED_REQUEST", await CodeAsync(await SendAsync(world, HttpMethod.Put, "/v1.0/actors/Counter/1/state", "{}")));
        foreach (var unknown in new[]
        {
            """[{"operation":"merge","request":{"key":"k"}}]""",
            """[{"operation":"upsert","request":{"value":1}}]""",
            """[{"operation":"upsert","request":{"key":"k","value":1,"metadata":{"ttlInSeconds":"soon"}}}]""",
        })
        {
            Assert.Equal("ERR_ACTOR_STATE_TRANSACTION_SAVE", await CodeAsync(await SendAsync(world, HttpMethod.Put, "/v1.0/actors/Counter/1/state", unknown)));
        }
    }

    [Fact]
    public async Task The_reminder_routes_answer_as_daprd_does()
    {
        await using var world = await SdkWorld.StartAsync();
        const string Route = "/v1.0/actors/Counter/1/reminders/r";
        Assert.Equal("ERR_ACTOR_REMINDER_NOT_FOUND", await CodeAsync(await world.Api.GetAsync(Path(Route))));
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(world, HttpMethod.Post, Route, """{"dueTime":"1h","period":"R5/PT1M","data":{"a":[1, 2]},"ttl":"PT9H"}""")).StatusCode);
        using var shown = JsonDocument.Parse(await world.Api.GetStringAsync(Path(Route)));
        Assert.Equal("1h R5/PT1M [1, 2]", $"{shown.RootElement.GetProperty("dueTime")} {shown.RootElement.GetProperty("period")} {shown.RootElement.GetProperty("data").GetProperty("a")}");
        Assert.Equal("ERR_ACTOR_REMINDER_ALREADY_EXISTS", await CodeAsync(await SendAsync(world, HttpMethod.Post, Route, """{"dueTime":"1h","overwrite":false}""")));
        Assert.Equal(HttpStatusCode.NoContent, (await world.Api.DeleteAsync(Path(Route))).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await world.Api.GetAsync(Path(Route))).StatusCode);
        Assert.Equal("ERR_MALFORMED_REQUEST", await CodeAsync(await SendAsync(world, HttpMethod.Put, Route, """{"dueTime":5}""")));
        Assert.Equal("ERR_MALFORMED_REQUEST", await CodeAsync(await SendAsync(world, HttpMethod.Put, Route, "")));
        Assert.Equal(HttpStatusCode.BadRequest, (await SendAsync(world, HttpMethod.Put, "/v1.0/actors/Counter/1/reminders/a%2Fb", """{"dueTime":"1h"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(world, HttpMethod.Put, "/v1.0/actors/Counter/1/reminders/a%252Fb", """{"dueTime":"1h"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(world, HttpMethod.Put, "/v1.0/actors/Other/1/reminders/r", """{"dueTime":"1h"}""")).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(world, HttpMethod.Put, "/v1.0/actors/dapr.internal.x/1/reminders/r", """{"dueTime":"1h"}""")).StatusCode);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task Every_verb_calls_the_method(string verb)
    {
        await using var world = await SdkWorld.StartAsync();
        var answer = await SendAsync(world, new HttpMethod(verb), "/v1.0/actors/Counter/1/method/ReadAsync", verb == "GET" ? null : "");
        Assert.Equal((HttpStatusCode.OK, "0"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
    }

    [Fact]
    public async Task A_body_over_the_limit_never_reaches_the_app()
    {
        await using var world = await SdkWorld.StartAsync();
        var answer = await SendAsync(world, HttpMethod.Put, "/v1.0/actors/Counter/1/method/AddAsync", new string('1', (4 << 20) + 1));
        Assert.Equal((HttpStatusCode.BadRequest, "ERR_BAD_REQUEST"), (answer.StatusCode, await CodeAsync(answer)));
        Assert.Empty(world.Engine.ActiveActors());
    }

    private static Uri Path(string path) => new(path.StartsWith("//", StringComparison.Ordinal) ? path[1..] : path, UriKind.Relative);

    private static Task<HttpResponseMessage> SendAsync(SdkWorld world, HttpMethod verb, string path, string? body)
    {
        var address = new Uri(world.Api.BaseAddress!.GetLeftPart(UriPartial.Authority) + path);
        var request = new HttpRequestMessage(verb, address);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        return world.Api.SendAsync(request);
    }

    private static async Task<string?> CodeAsync(HttpResponseMessage response) =>
        (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("errorCode").GetString();

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 400; i++)
        {
            if (await condition())
            {
                return;
            }

            await Task.Delay(25);
        }

        Assert.Fail("the awaited condition did not come true in 10 seconds");
    }
}
