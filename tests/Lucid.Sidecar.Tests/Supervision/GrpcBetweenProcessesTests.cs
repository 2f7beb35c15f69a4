using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Sidecar.Tests.Invocation;
using Lucid.Sidecar.Tests.Telemetry;

namespace Lucid.Sidecar.Tests.Supervision;

/// <summary>Proxied gRPC from one real sidecar process to another, over mutual TLS.</summary>
public sealed class GrpcBetweenProcessesTests(TwoProcesses processes) : IClassFixture<TwoProcesses>
{
    [Fact]
    public async Task A_unary_call_brings_the_certificates_identity_and_the_callees_token()
    {
        using var call = processes.Caller.CreateCallInvoker().AsyncUnaryCall(
            GrpcEcho.Say, null, Options("caller", ("dapr-app-id", "callee"), ("dapr-caller-app-id", "forged"), ("dapr-caller-namespace", "forged"), ("x-own", "1")), Text("hello"));

        Assert.Equal("HELLO from caller with app of callee", (await call).Value);
        Assert.Equal("yes", call.GetTrailers().GetValue("x-trailer"));
        var seen = processes.App.Calls.Last(metadata => metadata.ContainsKey("x-own"));
        Assert.Equal(("lucid", "callee"), (seen["dapr-caller-namespace"], seen["dapr-callee-app-id"]));
        Assert.DoesNotContain("lucid-callee", seen.Keys);
        Assert.DoesNotContain("api of caller", seen.Values);
        Assert.DoesNotContain("app of caller", seen.Values);
    }

    [Fact]
    public async Task A_server_stream_arrives_message_by_message()
    {
        using var call = processes.Caller.CreateCallInvoker().AsyncServerStreamingCall(GrpcEcho.List, null, Options("caller", ("dapr-app-id", "callee.lucid")), Text("abc"));

        var letters = await call.ResponseStream.ReadAllAsync(TestContext.Current.CancellationToken).Select(message => message.Value).ToListAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["a", "b", "c"], letters);
    }

    [Fact]
    public async Task A_client_stream_is_joined()
    {
        using var call = processes.Caller.CreateCallInvoker().AsyncClientStreamingCall(GrpcEcho.Join, null, Options("caller", ("dapr-app-id", "callee"), ("dapr-stream", "true")));
        foreach (var text in new[] { "a", "b", "c" })
        {
            await call.RequestStream.WriteAsync(Text(text), TestContext.Current.CancellationToken);
        }

        await call.RequestStream.CompleteAsync();

        Assert.Equal("abc", (await call).Value);
    }

    [Fact]
    public async Task A_conversation_goes_both_ways_at_once()
    {
        using var call = processes.Caller.CreateCallInvoker().AsyncDuplexStreamingCall(GrpcEcho.Talk, null, Options("caller", ("dapr-app-id", "callee"), ("dapr-stream", "true")));
        for (var i = 0; i < 3; i++)
        {
            await call.RequestStream.WriteAsync(Text($"m{i}"), TestContext.Current.CancellationToken);
            Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
            Assert.Equal($"M{i}", call.ResponseStream.Current.Value);
        }

        await call.RequestStream.CompleteAsync();
        Assert.False(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Who_may_call_is_decided_by_the_certificate()
    {
        var calls = processes.App.Calls.Count(metadata => metadata.ContainsKey("x-stranger"));

        var error = await FailsAsync(processes.Stranger, GrpcEcho.Say, Options("stranger", ("dapr-app-id", "callee"), ("dapr-caller-app-id", "caller"), ("x-stranger", "1")));

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Equal("access control policy has denied access to id: spiffe://lucid.internal/ns/lucid/stranger operation: /test.Echo/Say verb: NONE", error.Status.Detail);
        Assert.Equal(calls, processes.App.Calls.Count(metadata => metadata.ContainsKey("x-stranger")));
    }

    [Fact]
    public async Task A_method_that_the_policy_does_not_name_is_denied()
    {
        var hidden = new Method<StringValue, StringValue>(MethodType.Unary, "test.Echo", "Hidden", GrpcEcho.Say.RequestMarshaller, GrpcEcho.Say.ResponseMarshaller);

        Assert.Equal(StatusCode.PermissionDenied, (await FailsAsync(processes.Caller, hidden, Options("caller", ("dapr-app-id", "callee")))).StatusCode);
    }

    [Theory]
    [InlineData("", "caller", StatusCode.Unknown, "failed to proxy request: required metadata dapr-app-id not found")]
    [InlineData("nobody", "caller", StatusCode.Internal, "couldn't find service: nobody")]
    [InlineData("callee", "stranger", StatusCode.Unauthenticated, "api token")]
    public async Task A_call_to_nobody_or_with_a_wrong_token_has_a_status(string target, string token, StatusCode status, string part)
    {
        var error = await FailsAsync(processes.Caller, GrpcEcho.Say, target.Length == 0 ? Options(token) : Options(token, ("dapr-app-id", target)));

        Assert.Equal(status, error.StatusCode);
        Assert.Contains(part, error.Status.Detail);
    }

    [Fact]
    public async Task A_unary_call_is_repeated_under_the_callers_policy()
    {
        var before = processes.App.Calls.Count(metadata => metadata.ContainsKey("x-repeated"));

        var error = await FailsAsync(processes.Caller, GrpcEcho.Say, Options("caller", ("dapr-app-id", "callee"), ("x-repeated", "1")), "fail always");

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
        Assert.Equal(before + 4, processes.App.Calls.Count(metadata => metadata.ContainsKey("x-repeated")));
    }

    [Fact]
    public async Task The_spans_of_both_processes_join_as_the_environment_says()
    {
        await using var collector = await Collector.StartAsync();
        await using var traced = new TwoProcesses(new Dictionary<string, string>
        {
            ["OTEL_EXPORTER_OTLP_ENDPOINT"] = $"http://127.0.0.1:{collector.Port}", ["OTEL_EXPORTER_OTLP_PROTOCOL"] = "http/protobuf",
        });
        await traced.InitializeAsync();

        await GrpcEcho.SayAsync(traced.Caller, "x", Options("caller", ("dapr-app-id", "callee")).Headers!);
        traced.CallerProcess.Signal("TERM");
        traced.CalleeProcess.Signal("TERM");
        Assert.Equal((0, 0), (await traced.CallerProcess.ExitAsync(), await traced.CalleeProcess.ExitAsync()));

        var outer = Assert.Single(collector.Spans, span => span.Service == "caller");
        var inner = Assert.Single(collector.Spans, span => span.Service == "callee");
        Assert.Equal((outer.Trace, outer.Id, "/test.Echo/Say"), (inner.Trace, inner.Parent, inner.Name));
    }

    private static async Task<RpcException> FailsAsync(GrpcChannel channel, Method<StringValue, StringValue> method, CallOptions options, string text = "x") =>
        await Assert.ThrowsAsync<RpcException>(async () => await channel.CreateCallInvoker().AsyncUnaryCall(method, null, options, Text(text)));

    private static StringValue Text(string text) => new() { Value = text };

    private static CallOptions Options(string app, params (string Name, string Value)[] metadata)
    {
        var headers = new global::Grpc.Core.Metadata { { "dapr-api-token", $"api of {app}" } };
        foreach (var (name, value) in metadata)
        {
            headers.Add(name, value);
        }

        return new CallOptions(headers, DateTime.UtcNow.AddSeconds(20), TestContext.Current.CancellationToken);
    }
}
