using System.Net;
using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Actors;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Tests.Actors;

public sealed class ActorCallTests
{
    private static readonly ActorRequest Purr = new("Cat", "1", "Purr");

    [Fact]
    public async Task A_call_reaches_the_app_as_PUT_and_both_ways_pass_unchanged()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp { Answer = (_, _) => Task.FromResult(FakeApp.Ok("\"loud\"", ("X-DaprErrorResponseHeader", "<e/>"), ("X-Twice", "a"))) };
        var engine = await bench.StartAsync(app);
        var answer = await engine.InvokeAsync(
            Purr with
            {
                Query = "?q=1",
                Body = Encoding.UTF8.GetBytes("{}"),
                Headers = [KeyValuePair.Create("X-DaprRequestHeader", "<h/>"), KeyValuePair.Create("Content-Type", "application/octet-stream; charset=utf-8")],
            },
            CancellationToken.None);
        var call = Assert.Single(app.Calls);
        Assert.Equal(("PUT", "/actors/Cat/1/method/Purr?q=1", "{}"), (call.Method, call.Path, call.Body));
        Assert.Equal("<h/>", call.Header("X-DaprRequestHeader"));
        Assert.Equal("application/octet-stream; charset=utf-8", call.Header("Content-Type"));
        Assert.Equal((200, "<e/>", "a", "\"loud\""), (answer.Status, answer.Header("x-daprerrorresponseheader"), answer.Header("X-Twice"), Encoding.UTF8.GetString(answer.Body.Span)));
    }

    [Fact]
    public async Task A_sidecar_without_actors_calls_those_of_another_app_in_its_namespace_only()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        await bench.StartAsync(app);
        var neighbour = await bench.StartAsync(new FakeApp(), config: null, appId: "visitor");
        var wallet = await bench.StartAsync(new FakeApp(), config: null, appId: "payer", @namespace: "lucid-wallet");
        Assert.Equal(200, (await neighbour.InvokeAsync(Purr, CancellationToken.None)).Status);
        var refusal = await Refused(wallet, Purr);
        Assert.Equal(("ERR_ACTOR_NO_ADDRESS", 404), (refusal.Code, refusal.HttpStatus));
        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task A_failure_of_the_app_is_ERR_ACTOR_INVOKE_METHOD()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        app.Answer = (_, _) => Task.FromResult(FakeApp.Status(HttpStatusCode.InternalServerError, "no milk"));
        var failed = await Refused(engine, Purr);
        Assert.Equal(("ERR_ACTOR_INVOKE_METHOD", 500), (failed.Code, failed.HttpStatus));
        Assert.Contains("(500) no milk", failed.Message, StringComparison.Ordinal);
        app.Answer = (_, _) => throw new HttpRequestException("connection refused");
        Assert.Contains("connection refused", (await Refused(engine, Purr)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_policy_repeats_failures_but_not_a_method_that_does_not_exist()
    {
        await using var bench = new ActorBench();
        bench.Resiliency.ActorRetries = 2;
        var app = new FakeApp { Answer = (_, _) => Task.FromResult(FakeApp.Status(HttpStatusCode.NotFound)) };
        var engine = await bench.StartAsync(app);
        var missing = await Refused(engine, Purr);
        Assert.Contains("actor method not found", missing.Message, StringComparison.Ordinal);
        Assert.Single(app.Calls);
        app.Answer = (_, _) => Task.FromResult(app.Calls.Count < 4 ? FakeApp.Status(HttpStatusCode.ServiceUnavailable) : FakeApp.Ok());
        Assert.Equal(200, (await engine.InvokeAsync(Purr, CancellationToken.None)).Status);
        Assert.Equal(4, app.Calls.Count);
    }

    [Theory]
    [InlineData("Cat", "a/b", "Purr", "ERR_BAD_REQUEST", 400)]
    [InlineData("Cat", "..", "Purr", "ERR_BAD_REQUEST", 400)]
    [InlineData("Cat", "a||b", "Purr", "ERR_BAD_REQUEST", 400)]
    [InlineData("Cat", "1", "remind/x", "ERR_BAD_REQUEST", 400)]
    [InlineData("Cat", "1", "a?b", "ERR_BAD_REQUEST", 400)]
    [InlineData("Cat", "1", "a\nb", "ERR_BAD_REQUEST", 400)]
    [InlineData("C#t", "1", "Purr", "ERR_BAD_REQUEST", 400)]
    [InlineData("Cat", "", "Purr", "ERR_BAD_REQUEST", 400)]
    [InlineData("dapr.internal.lucid.reminders", "1", "Purr", "ERR_ACTOR_TYPE_RESERVED", 403)]
    [InlineData("Dog", "1", "Purr", "ERR_ACTOR_NO_ADDRESS", 404)]
    public async Task A_name_that_cannot_be_is_refused_before_the_app_hears_of_it(string type, string id, string method, string code, int status)
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        var refusal = await Refused(engine, new ActorRequest(type, id, method));
        Assert.Equal((code, status), (refusal.Code, refusal.HttpStatus));
        Assert.Empty(app.Calls);
    }

    [Fact]
    public async Task Names_are_escaped_on_the_way_to_the_app()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        var engine = await bench.StartAsync(app);
        await engine.InvokeAsync(new ActorRequest("Cat", "über 1%", "Purr"), CancellationToken.None);
        Assert.Equal("/actors/Cat/%C3%BCber%201%25/method/Purr", Assert.Single(app.Calls).Path);
    }

    [Fact]
    public async Task Calls_of_one_actor_wait_and_those_of_others_do_not()
    {
        await using var bench = new ActorBench();
        var release = new TaskCompletionSource();
        var app = new FakeApp
        {
            Answer = async (call, _) =>
            {
                if (call.Path.EndsWith("/Slow", StringComparison.Ordinal))
                {
                    await release.Task;
                }

                return FakeApp.Ok();
            },
        };
        var engine = await bench.StartAsync(app);
        var slow = engine.InvokeAsync(Purr with { Method = "Slow" }, CancellationToken.None);
        var second = engine.InvokeAsync(Purr, CancellationToken.None);
        await engine.InvokeAsync(Purr with { ActorId = "2" }, CancellationToken.None);
        Assert.False(second.IsCompleted);
        Assert.Contains("dapr_runtime_actor_pending_actor_calls{app_id=\"zoo\",actor_type=\"Cat\"} 1", bench.Metrics(), StringComparison.Ordinal);
        release.SetResult();
        await Task.WhenAll(slow, second);
        Assert.Equal(["/actors/Cat/1/method/Slow", "/actors/Cat/2/method/Purr", "/actors/Cat/1/method/Purr"], app.Calls.Select(call => call.Path));
    }

    [Fact]
    public async Task A_caller_that_leaves_during_its_turn_does_not_end_the_turn()
    {
        await using var bench = new ActorBench();
        var release = new TaskCompletionSource();
        var app = new FakeApp
        {
            Answer = async (_, _) =>
            {
                await release.Task;
                return FakeApp.Ok();
            },
        };
        var engine = await bench.StartAsync(app);
        using var leaves = new CancellationTokenSource();
        var first = engine.InvokeAsync(Purr, leaves.Token);
        var second = engine.InvokeAsync(Purr, CancellationToken.None);
        await leaves.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        Assert.Single(app.Calls);
        release.SetResult();
        await second;
        Assert.Equal(2, app.Calls.Count);
    }

    [Fact]
    public async Task A_reentrant_chain_passes_up_to_its_depth()
    {
        await using var bench = new ActorBench();
        ActorEngine? engine = null;
        var app = new FakeApp();
        app.Answer = async (call, cancellation) =>
        {
            var chain = call.Header("Dapr-Reentrancy-Id");
            Assert.False(string.IsNullOrEmpty(chain));
            var inner = await engine!.InvokeAsync(Purr with { Headers = [KeyValuePair.Create("Dapr-Reentrancy-Id", chain)] }, cancellation);
            return FakeApp.Ok(Encoding.UTF8.GetString(inner.Body.Span));
        };
        engine = await bench.StartAsync(app, """{"entities":["Cat"],"reentrancy":{"enabled":true}}""");
        var refusal = await Refused(engine, Purr);
        Assert.Contains("maximum stack depth exceeded", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(32, app.Calls.Count);
        Assert.Single(app.Calls.Select(call => call.Header("Dapr-Reentrancy-Id")).Distinct());
    }

    [Fact]
    public async Task Two_apps_of_one_namespace_cannot_host_one_type()
    {
        await using var bench = new ActorBench();
        var app = new FakeApp();
        await bench.StartAsync(app);
        var other = await bench.StartAsync(new FakeApp(), appId: "circus");
        Assert.Empty(other.HostedTypes);
        await other.InvokeAsync(Purr, CancellationToken.None);
        Assert.Single(app.Calls);
    }

    [Fact]
    public async Task Replicas_share_actors_by_id_and_each_actor_has_one_home()
    {
        await using var bench = new ActorBench();
        var (one, two) = (new FakeApp(), new FakeApp());
        var first = await bench.StartAsync(one, port: 3500);
        for (var id = 0; id < 10; id++)
        {
            await first.InvokeAsync(Purr with { ActorId = $"early{id}" }, CancellationToken.None);
        }

        var second = await bench.StartAsync(two, port: 3501);
        for (var id = 0; id < 200; id++)
        {
            await first.InvokeAsync(Purr with { ActorId = $"late{id}" }, CancellationToken.None);
            await second.InvokeAsync(Purr with { ActorId = $"late{id}" }, CancellationToken.None);
            await second.InvokeAsync(Purr with { ActorId = $"early{id % 10}" }, CancellationToken.None);
        }

        var (onOne, onTwo) = (one.Calls.Select(call => call.Path).ToHashSet(), two.Calls.Select(call => call.Path).ToHashSet());
        Assert.Empty(onOne.Intersect(onTwo));
        Assert.DoesNotContain(onTwo, path => path.Contains("early", StringComparison.Ordinal));
        Assert.InRange(onTwo.Count, 50, 150);
        await first.StopAsync(CancellationToken.None);
        await second.InvokeAsync(Purr with { ActorId = "early0" }, CancellationToken.None);
        Assert.Equal("/actors/Cat/early0/method/Purr", two.Calls[^1].Path);
    }

    [Fact]
    public void The_apps_document_is_read_with_its_defaults_and_exceptions()
    {
        using var document = JsonDocument.Parse("""
            {"Entities":["Cat","Dog","dapr.internal.x","a/b"],"actorIdleTimeout":"1h","actorScanInterval":"30s","drainOngoingCallTimeout":"soon","drainRebalancedActors":true,
             "reentrancy":{"enabled":false},"entitiesConfig":[{"entities":["Dog"],"actorIdleTimeout":"0h0m5s0ms","reentrancy":{"enabled":true,"maxStackDepth":3}}]}
            """);
        var configuration = ActorHostConfiguration.Parse(document.RootElement);
        Assert.Equal(
            [
                new ActorTypeConfiguration("Cat") { IdleTimeout = TimeSpan.FromHours(1) },
                new ActorTypeConfiguration("Dog", 3) { IdleTimeout = TimeSpan.FromSeconds(5) },
            ],
            configuration.Types);
        Assert.Equal(3, configuration.Warnings.Count);
    }

    private static async Task<DaprError> Refused(ActorEngine engine, ActorRequest request) =>
        (await Assert.ThrowsAsync<DaprApiException>(() => engine.InvokeAsync(request, CancellationToken.None))).Error;
}
