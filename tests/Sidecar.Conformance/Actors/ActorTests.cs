using System.Net;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Microsoft.AspNetCore.Http;
using Microsoft.Data.Sqlite;

namespace Lucid.Sidecar.Conformance.Actors;

public sealed class ActorTests(ActorWorld world) : IClassFixture<ActorWorld>
{
    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    public async Task S187_a_method_call_reaches_the_app_as_PUT(string verb)
    {
        var answer = await world.InvokeAsync("T", "187", verb, verb: verb);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("PUT", Assert.Single(world.App.At($"/actors/T/187/method/{verb}")).Method);
    }

    [Fact]
    public async Task S188_headers_and_body_pass_through_both_ways()
    {
        world.App.On("/actors/T/188/method/M", async (_, http) =>
        {
            http.Response.Headers["X-Answer"] = "yes";
            http.Response.ContentType = "application/octet-stream";
            await http.Response.Body.WriteAsync(new byte[] { 0, 255, 1 });
        });
        var answer = await world.InvokeAsync("T", "188", body: """{"a": 1}""", headers: ("X-DaprRequestHeader", "<h/>"));
        var request = Assert.Single(world.App.At("/actors/T/188/"));
        Assert.Equal(("""{"a": 1}""", "<h/>"), (request.Text, request.Header("X-DaprRequestHeader")));
        Assert.Equal("yes", Assert.Single(answer.Headers.GetValues("X-Answer")));
        Assert.Equal("application/octet-stream", answer.Content.Headers.ContentType!.MediaType);
        Assert.Equal([0, 255, 1], await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task S189_an_error_header_stays_a_success_with_its_header()
    {
        world.App.On("/actors/T/189/method/M", async (_, http) =>
        {
            http.Response.Headers["X-DaprErrorResponseHeader"] = "<e/>";
            await http.Response.WriteAsync("<fault/>");
        });
        var answer = await world.InvokeAsync("T", "189");
        Assert.Equal((HttpStatusCode.OK, "<fault/>"), (answer.StatusCode, await answer.Content.ReadAsStringAsync()));
        Assert.Equal("<e/>", Assert.Single(answer.Headers.GetValues("X-DaprErrorResponseHeader")));
    }

    [Fact]
    public async Task S190_a_failure_of_the_app_is_ERR_ACTOR_INVOKE_METHOD()
    {
        world.App.On("/actors/T/190/method/M", (_, http) => Answer(http, 500));
        await RefusedAsync(await world.InvokeAsync("T", "190"), 500, "ERR_ACTOR_INVOKE_METHOD");
    }

    [Fact]
    public async Task S191_a_method_that_does_not_exist_is_an_error_and_not_repeated()
    {
        world.App.On("/actors/T/191/method/M", (_, http) => Answer(http, 404));
        await RefusedAsync(await world.InvokeAsync("T", "191"), 500, "ERR_ACTOR_INVOKE_METHOD");
        Assert.Single(world.App.At("/actors/T/191/"));
    }

    [Fact]
    public async Task S192_two_calls_of_one_actor_never_overlap_and_keep_their_order()
    {
        var inside = 0;
        world.App.On("/actors/T/192/method/M", async (_, _) =>
        {
            Assert.Equal(1, Interlocked.Increment(ref inside));
            await Task.Delay(30);
            Interlocked.Decrement(ref inside);
        });
        var calls = new List<Task<HttpResponseMessage>>();
        for (var number = 0; number < 8; number++)
        {
            calls.Add(world.InvokeAsync("T", "192", body: $"{number}"));
            await Task.Delay(10);
        }

        Assert.All(await Task.WhenAll(calls), answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
        Assert.Equal("01234567", string.Concat(world.App.At("/actors/T/192/").Select(request => request.Text)));
    }

    [Fact]
    public async Task S193_different_actors_run_in_parallel()
    {
        using var both = new CountdownEvent(2);
        foreach (var id in new[] { "193a", "193b" })
        {
            world.App.On($"/actors/T/{id}/method/M", async (_, http) =>
            {
                both.Signal();
                await Probe.UntilAsync(() => Task.FromResult(both.IsSet), "both calls are in the app");
            });
        }

        var answers = await Task.WhenAll(world.InvokeAsync("T", "193a"), world.InvokeAsync("T", "193b"));
        Assert.All(answers, answer => Assert.Equal(HttpStatusCode.OK, answer.StatusCode));
    }

    [Fact]
    public async Task S194_a_reentrant_chain_passes_to_depth_32_and_no_further()
    {
        HttpResponseMessage? deepest = null;
        world.App.On("/actors/R/194/method/M", async (request, _) =>
        {
            var answer = await world.InvokeAsync("R", "194", headers: ("Dapr-Reentrancy-Id", request.Header("Dapr-Reentrancy-Id")!));
            deepest ??= answer;
        });
        await world.InvokeAsync("R", "194");
        Assert.Equal(32, world.App.At("/actors/R/194/").Count);
        await RefusedAsync(deepest!, 500, "ERR_ACTOR_STACK_DEPTH");
    }

    [Fact]
    public async Task S195_absent_state_is_204()
    {
        await world.InvokeAsync("T", "195");
        Assert.Equal(HttpStatusCode.NoContent, (await world.SendAsync("GET", "/v1.0/actors/T/195/state/none")).StatusCode);
    }

    [Fact]
    public async Task S196_a_transaction_for_an_inactive_actor_is_refused() =>
        await RefusedAsync(await SaveAsync("196"), 400, "ERR_ACTOR_INSTANCE_MISSING");

    [Fact]
    public async Task S197_the_key_is_made_of_app_type_id_and_key()
    {
        await world.InvokeAsync("T", "197");
        Assert.Equal(HttpStatusCode.NoContent, (await SaveAsync("197")).StatusCode);
        await using var database = new SqliteConnection($"Data Source={world.Database};Mode=ReadOnly");
        await database.OpenAsync();
        await using var query = database.CreateCommand();
        query.CommandText = "SELECT COUNT(*) FROM state WHERE key = 'actors-app||T||197||k'";
        Assert.Equal(1L, await query.ExecuteScalarAsync());
    }

    [Fact]
    public async Task S198_without_an_actor_store_state_is_refused()
    {
        await using var launcher = Launchers.Create();
        await using var app = await new RecordingApp { DaprConfig = """{"entities":["Bare"]}""" }.StartAsync();
        await using var sidecar = await launcher.StartAsync(new SidecarSpec("actors-bare") { AppPort = app.Port }, CancellationToken.None);
        var answer = await world.SendAsync("GET", "/v1.0/actors/Bare/1/state/k", to: sidecar.Spec);
        await RefusedAsync(answer, 500, "ERR_ACTOR_RUNTIME_NOT_FOUND");
    }

    [Fact]
    public async Task S199_reminders_belong_to_hosted_types()
    {
        await RefusedAsync(await world.SendAsync("POST", "/v1.0/actors/Nobody/1/reminders/r", """{"dueTime":"1h"}"""), 403, "ERR_ACTOR_REMINDER_NON_HOSTED");
        await RefusedAsync(await world.SendAsync("POST", "/v1.0/actors/T/1/reminders/r", """{"dueTime":"1h"}""", world.Stranger), 403, "ERR_ACTOR_REMINDER_NON_HOSTED");
    }

    [Fact]
    public async Task S200_a_reminder_fires_with_its_data_as_given()
    {
        await RemindAsync("200", """{"dueTime":"0h0m0s100ms","period":"","data":"aGk="}""");
        var fired = await FiredAsync("200", 1);
        Assert.Equal("PUT", fired[0].Method);
        Assert.Contains("\"data\":\"aGk=\"", fired[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S201_a_one_shot_fires_once()
    {
        await RemindAsync("201", """{"dueTime":"100ms"}""");
        await RemindAsync("201-later", """{"dueTime":"1s"}""");
        await FiredAsync("201-later", 1);
        Assert.Single(Firings("201"));
        Assert.Equal(HttpStatusCode.NotFound, (await world.SendAsync("GET", "/v1.0/actors/T/201/reminders/r")).StatusCode);
    }

    [Fact]
    public async Task S202_a_deleted_reminder_fires_no_more()
    {
        await RemindAsync("202", """{"dueTime":"500ms","period":"500ms"}""");
        Assert.Equal(HttpStatusCode.NoContent, (await world.SendAsync("DELETE", "/v1.0/actors/T/202/reminders/r")).StatusCode);
        await RemindAsync("202-later", """{"dueTime":"1200ms"}""");
        await FiredAsync("202-later", 1);
        Assert.Empty(Firings("202"));
    }

    [Fact]
    public async Task S204_the_actor_may_end_its_reminder()
    {
        world.App.On("/actors/T/204/method/remind/r", (_, http) =>
        {
            http.Response.Headers["X-DaprReminderCancel"] = "true";
            return Task.CompletedTask;
        });
        await RemindAsync("204", """{"dueTime":"100ms","period":"100ms"}""");
        await FiredAsync("204", 1);
        await RemindAsync("204-later", """{"dueTime":"1s"}""");
        await FiredAsync("204-later", 1);
        Assert.Single(Firings("204"));
    }

    [Fact]
    public async Task S205_a_reminder_name_with_a_slash_is_refused() =>
        Assert.Equal(HttpStatusCode.BadRequest, (await world.SendAsync("POST", "/v1.0/actors/T/205/reminders/a%2Fb", """{"dueTime":"1h"}""")).StatusCode);

    [Fact]
    public async Task S206_two_slashes_in_front_are_one()
    {
        Assert.Equal(HttpStatusCode.OK, (await world.SendAsync("PUT", "//v1.0/actors/T/206/method/M")).StatusCode);
        Assert.Single(world.App.At("/actors/T/206/method/M"));
    }

    [Fact]
    public async Task S207_an_idle_actor_is_deactivated()
    {
        await world.InvokeAsync("Idle", "207");
        await Probe.UntilAsync(() => Task.FromResult(world.App.At("/actors/Idle/207").Any(request => request.Method == "DELETE")), "the idle actor gets its DELETE");
    }

    [Fact]
    public async Task S208_types_of_the_runtime_are_reserved() =>
        await RefusedAsync(
            await world.SendAsync("POST", "/v1.0/actors/dapr.internal.default.actors-app.workflow/1/reminders/r", """{"dueTime":"1h"}"""), 403, "ERR_ACTOR_TYPE_RESERVED");

    private static Task Answer(HttpContext http, int status)
    {
        http.Response.StatusCode = status;
        return Task.CompletedTask;
    }

    private static async Task RefusedAsync(HttpResponseMessage answer, int status, string code) =>
        Assert.Equal((status, code), ((int)answer.StatusCode, await ActorWorld.CodeAsync(answer)));

    private Task<HttpResponseMessage> SaveAsync(string id) =>
        world.SendAsync("PUT", $"/v1.0/actors/T/{id}/state", """[{"operation":"upsert","request":{"key":"k","value":1}}]""");

    private async Task RemindAsync(string id, string reminder) =>
        Assert.Equal(HttpStatusCode.NoContent, (await world.SendAsync("POST", $"/v1.0/actors/T/{id}/reminders/r", reminder)).StatusCode);

    private IReadOnlyList<RecordedRequest> Firings(string id) => world.App.At($"/actors/T/{id}/method/remind/r");

    private async Task<IReadOnlyList<RecordedRequest>> FiredAsync(string id, int times)
    {
        await Probe.UntilAsync(() => Task.FromResult(Firings(id).Count >= times), $"reminder of {id} fires");
        return Firings(id);
    }
}
