using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Tests.Hosting;
using Lucid.Sidecar.Tests.Supervision;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.Sidecar.Tests.Invocation;

/// <summary>Resiliency on proxied gRPC: a call is unary unless it says <c>dapr-stream</c>.</summary>
public sealed class GrpcPolicyTests
{
    private static readonly SourceLocation Here = new("resiliency.yaml", 1);

    [Theory]
    [InlineData("fail 3", null, 2, 3, StatusCode.OK)]
    [InlineData("fail 9", null, 2, 3, StatusCode.Unavailable)]
    [InlineData("fail 9", null, 0, 1, StatusCode.Unavailable)]
    [InlineData("fail 3", "14", 2, 3, StatusCode.OK)]
    [InlineData("refuse", "14", 2, 1, StatusCode.InvalidArgument)]
    [InlineData("refuse", "1-5,14", 2, 3, StatusCode.InvalidArgument)]
    public async Task A_unary_call_that_fails_is_repeated_with_its_message(string request, string? codes, int retries, int calls, StatusCode status)
    {
        await using var world = await GrpcWorld.StartAsync(Policy(retries: retries, codes: codes));

        var (answered, text) = await world.SayAsync(request);

        Assert.Equal((status, calls), (answered, world.App.Calls.Count));
        if (status is StatusCode.OK)
        {
            Assert.StartsWith(request.ToUpperInvariant(), text);
        }
    }

    [Fact]
    public async Task The_last_answer_is_the_apps_own_trailers_included()
    {
        await using var world = await GrpcWorld.StartAsync(Policy(retries: 2));

        var error = await Assert.ThrowsAsync<RpcException>(() => GrpcEcho.SayAsync(world.Channel, "fail 9", GrpcWorld.Target()));

        Assert.Equal("not yet, 3", error.Status.Detail);
        Assert.Equal("yes", error.Trailers.GetValue("x-trailer"));
    }

    [Fact]
    public async Task Without_a_policy_or_to_oneself_nothing_is_repeated()
    {
        await using var plain = await GrpcWorld.StartAsync(ResourceSet.Empty);
        await using var self = await GrpcWorld.StartAsync(ResourceSet.Empty, ofCallee: Policy(retries: 2));

        Assert.Equal(StatusCode.Unavailable, (await plain.SayAsync("fail 3")).Status);
        Assert.Equal(StatusCode.Unavailable, (await self.SayAsync("fail 3", self.OwnChannel)).Status);

        Assert.Single(plain.App.Calls);
        Assert.Single(self.App.Calls);
    }

    [Fact]
    public async Task A_call_that_takes_too_long_ends_as_deadline_exceeded_and_is_cancelled_at_the_app()
    {
        var time = new FakeTimeProvider();
        await using var world = await GrpcWorld.StartAsync(Policy(timeout: TimeSpan.FromSeconds(5)), time: time);

        var waiting = world.SayAsync("wait");
        await Mesh.UntilAsync(() => Task.FromResult(world.App.Calls.Count == 1));
        await AdvanceAsync(time, waiting);

        Assert.Equal((StatusCode.DeadlineExceeded, "context deadline exceeded"), await waiting);
        await world.App.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task An_open_breaker_of_a_method_fails_fast_and_leaves_other_methods_alone()
    {
        await using var world = await GrpcWorld.StartAsync(Policy(breaker: new CircuitBreakerSpec(1, TimeSpan.Zero, TimeSpan.FromMinutes(10), "consecutiveFailures > 1")));

        Assert.Equal(StatusCode.InvalidArgument, (await world.SayAsync("refuse")).Status);
        Assert.Equal(StatusCode.InvalidArgument, (await world.SayAsync("refuse")).Status);
        var open = await world.SayAsync("hello");
        var letters = await ListAsync(world, "ab");

        Assert.Equal((StatusCode.Unknown, "circuit breaker is open"), open);
        Assert.Equal("ab", letters);
        Assert.Equal(3, world.App.Calls.Count);
    }

    [Fact]
    public async Task Answers_of_many_messages_pass_under_a_retry_policy()
    {
        await using var world = await GrpcWorld.StartAsync(Policy(retries: 2, timeout: TimeSpan.FromSeconds(20)));

        Assert.Equal("hello", await ListAsync(world, "hello"));
        Assert.Single(world.App.Calls);
    }

    [Fact]
    public async Task An_answer_that_has_begun_is_not_repeated_and_its_end_is_the_apps()
    {
        await using var world = await GrpcWorld.StartAsync(Policy(retries: 2));
        using var call = world.Channel.CreateCallInvoker().AsyncServerStreamingCall(GrpcEcho.List, null, GrpcWorld.Options(GrpcWorld.Target()), new StringValue { Value = "a!" });

        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        Assert.Equal((StatusCode.Unavailable, "broke off"), (error.StatusCode, error.Status.Detail));
        Assert.Single(world.App.Calls);
    }

    [Fact]
    public async Task A_second_message_under_a_retry_policy_is_refused_unless_the_call_is_marked_as_a_stream()
    {
        await using var world = await GrpcWorld.StartAsync(Policy(retries: 2, timeout: TimeSpan.FromSeconds(20)));

        var refused = await Assert.ThrowsAsync<RpcException>(() => JoinAsync(world, GrpcWorld.Target()));
        var refusedLate = await Assert.ThrowsAsync<RpcException>(() => TalkAsync(world, GrpcWorld.Target()));

        Assert.All([refused, refusedLate], error =>
            Assert.Equal((StatusCode.FailedPrecondition, "cannot use resiliency policies with retries on streaming RPCs"), (error.StatusCode, error.Status.Detail)));
        Assert.Equal("ab", await JoinAsync(world, GrpcWorld.Target(("dapr-stream", "true"))));
        Assert.Equal("AB", await TalkAsync(world, GrpcWorld.Target(("dapr-stream", "1"))));
    }

    [Fact]
    public async Task Streams_pass_unmarked_under_a_timeout_and_a_breaker()
    {
        await using var world = await GrpcWorld.StartAsync(Policy(timeout: TimeSpan.FromSeconds(20), breaker: new CircuitBreakerSpec(1, TimeSpan.Zero, TimeSpan.FromMinutes(10), "consecutiveFailures > 5")));

        Assert.Equal("ab", await JoinAsync(world, GrpcWorld.Target()));
        Assert.Equal("AB", await TalkAsync(world, GrpcWorld.Target()));
    }

    [Fact]
    public async Task A_stream_outlives_the_timeout_and_its_failure_is_not_repeated()
    {
        var time = new FakeTimeProvider();
        await using var world = await GrpcWorld.StartAsync(Policy(retries: 2, timeout: TimeSpan.FromSeconds(5)), time: time);

        var talk = await TalkAsync(world, GrpcWorld.Target(("dapr-stream", "true")), () => time.Advance(TimeSpan.FromMinutes(5)));
        var failed = await world.SayAsync("refuse", target: GrpcWorld.Target(("dapr-stream", "true")));

        Assert.Equal("AB", talk);
        Assert.Equal(StatusCode.InvalidArgument, failed.Status);
        Assert.Equal(2, world.App.Calls.Count);
    }

    [Fact]
    public async Task The_way_to_a_stream_is_tried_again_while_nobody_is_there()
    {
        using var authority = new TestAuthority();
        var port = FreePorts.Take();
        await using var here = new Mesh(authority.Options() with { Addresses = new Dictionary<string, string> { ["callee.lucid"] = $"127.0.0.1:{port}" } });
        var caller = await here.StartAsync("caller", null, Policy(retries: 1000));
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");
        await using var app = await GrpcEcho.StartAsync();

        using var call = channel.CreateCallInvoker().AsyncDuplexStreamingCall(GrpcEcho.Talk, null, new CallOptions(GrpcWorld.Target(("dapr-stream", "true")), DateTime.UtcNow.AddSeconds(20)));
        await call.RequestStream.WriteAsync(new StringValue { Value = "a" });
        await Mesh.UntilAsync(async () => (await here.MetricsAsync(caller)).Contains("dapr_runtime_service_invocation_res_recv_total{app_id=\"caller\",src_app_id=\"callee\",status=\"14\",type=\"streaming\"}", StringComparison.Ordinal));
        await using var there = new Mesh(authority.Options());
        await there.StartAsync(Mesh.Options("callee", app.Port) with { AppProtocol = "grpc", InternalGrpcPort = port });

        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        Assert.Equal("A", call.ResponseStream.Current.Value);
        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_message_over_the_limit_is_not_kept_for_a_second_attempt()
    {
        await using var world = await GrpcWorld.StartAsync(Policy(retries: 2));

        var (status, _) = await world.SayAsync(new string('x', 5 << 20));

        Assert.Equal(StatusCode.ResourceExhausted, status);
        Assert.Empty(world.App.Calls);
    }

    [Fact]
    public async Task Proxied_calls_are_counted_by_both_sidecars()
    {
        await using var world = await GrpcWorld.StartAsync(Policy(retries: 2));

        await world.SayAsync("fail 2");

        var caller = await world.Mesh.MetricsAsync(world.Caller);
        Assert.Contains("dapr_runtime_service_invocation_req_sent_total{app_id=\"caller\",dst_app_id=\"callee\",type=\"unary\"} 2", caller);
        Assert.Contains("dapr_runtime_service_invocation_res_recv_total{app_id=\"caller\",src_app_id=\"callee\",status=\"14\",type=\"unary\"} 1", caller);
        Assert.Contains("dapr_runtime_service_invocation_res_recv_total{app_id=\"caller\",src_app_id=\"callee\",status=\"0\",type=\"unary\"} 1", caller);
        Assert.Contains("dapr_grpc_io_server_completed_rpcs{app_id=\"caller\",grpc_server_method=\"/test.Echo/Say\",grpc_server_status=\"OK\"} 1", caller);
        var callee = await world.Mesh.MetricsAsync(world.Callee);
        Assert.Contains("dapr_grpc_io_client_completed_rpcs{app_id=\"callee\",grpc_client_method=\"/test.Echo/Say\",grpc_client_status=\"Unavailable\"} 1", callee);
        Assert.Contains("dapr_grpc_io_client_completed_rpcs{app_id=\"callee\",grpc_client_method=\"/test.Echo/Say\",grpc_client_status=\"OK\"} 1", callee);
        Assert.Contains("dapr_grpc_io_client_roundtrip_latency_count{app_id=\"callee\",grpc_client_method=\"/test.Echo/Say\",grpc_client_status=\"OK\"} 1", callee);
    }

    private static async Task<string> ListAsync(GrpcWorld world, string text)
    {
        using var call = world.Channel.CreateCallInvoker().AsyncServerStreamingCall(GrpcEcho.List, null, GrpcWorld.Options(GrpcWorld.Target()), new StringValue { Value = text });
        var all = "";
        await foreach (var message in call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken))
        {
            all += message.Value;
        }

        return all;
    }

    private static async Task<string> JoinAsync(GrpcWorld world, global::Grpc.Core.Metadata target)
    {
        using var call = world.Channel.CreateCallInvoker().AsyncClientStreamingCall(GrpcEcho.Join, null, GrpcWorld.Options(target));
        try
        {
            await call.RequestStream.WriteAsync(new StringValue { Value = "a" });
            await call.RequestStream.WriteAsync(new StringValue { Value = "b" });
            await call.RequestStream.CompleteAsync();
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException)
        {
            // Refused while it was writing: the answer says why.
        }

        return (await call).Value;
    }

    /// <summary>Waits for each answer before the next message.</summary>
    private static async Task<string> TalkAsync(GrpcWorld world, global::Grpc.Core.Metadata target, Action? between = null)
    {
        using var call = world.Channel.CreateCallInvoker().AsyncDuplexStreamingCall(GrpcEcho.Talk, null, GrpcWorld.Options(target));
        var all = "";
        foreach (var text in new[] { "a", "b" })
        {
            await call.RequestStream.WriteAsync(new StringValue { Value = text });
            Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            all += call.ResponseStream.Current.Value;
            between?.Invoke();
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
        return all;
    }

    /// <summary>Moves the clock on until something has happened.</summary>
    private static async Task AdvanceAsync(FakeTimeProvider time, Task until)
    {
        while (!until.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(until, Task.Delay(10, TestContext.Current.CancellationToken));
        }
    }

    private static ResourceSet Policy(int? retries = null, string? codes = null, TimeSpan? timeout = null, CircuitBreakerSpec? breaker = null) => ResourceSet.Empty with
    {
        Resiliency =
        [
            new ResiliencyResource("policies", Here)
            {
                Timeouts = timeout is { } time ? new Dictionary<string, TimeSpan> { ["own"] = time } : new Dictionary<string, TimeSpan>(),
                Retries = retries is { } count
                    ? new Dictionary<string, RetryPolicySpec> { ["own"] = new(RetryBackoff.Constant, TimeSpan.FromMilliseconds(20), TimeSpan.FromSeconds(1), count, null, codes) }
                    : new Dictionary<string, RetryPolicySpec>(),
                CircuitBreakers = breaker is null ? new Dictionary<string, CircuitBreakerSpec>() : new Dictionary<string, CircuitBreakerSpec> { ["own"] = breaker },
                Apps = new Dictionary<string, ResiliencyTarget>
                {
                    ["callee"] = new(timeout is null ? null : "own", retries is null ? null : "own", breaker is null ? null : "own"),
                },
            },
        ],
    };
}
