using System.Net;
using System.Net.Sockets;
using Grpc.Core;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Conformance.Invocation;

/// <summary>Statements 116 to 118, 124, 126 and 128 to 130: streams, limits, other sidecars and HTTP/2.</summary>
public sealed class StreamTests(InvocationWorld world) : IClassFixture<InvocationWorld>
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task S116_a_chunked_request_is_streamed_and_sent_once()
    {
        var first = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = 0;
        world.Callee.OnStream("/s116", async http =>
        {
            Interlocked.Increment(ref calls);
            using var reader = new StreamReader(http.Request.Body);
            first.TrySetResult((await reader.ReadLineAsync())!);
            await reader.ReadToEndAsync();
            http.Response.StatusCode = 500;
        });
        using var request = InvocationWorld.Streaming(world.At, "/v1.0/invoke/retried/method/s116", new StreamedBody(async write =>
        {
            await write("one\n");
            Assert.Equal("one", await first.Task.WaitAsync(Limit));
            await write("two\n");
        }));
        Assert.Equal(HttpStatusCode.InternalServerError, (await world.BeginAsync(request)).StatusCode);
        Assert.Equal(1, calls);
        var whole = await world.PostAsync(world.At, "/v1.0/invoke/retried/method/s116", "one\n");
        Assert.Equal((HttpStatusCode.InternalServerError, 4), (whole.StatusCode, calls));
    }

    [Theory]
    [InlineData("application/octet-stream")]
    public Task S117_a_chunked_answer_arrives_chunk_by_chunk(string type) => ArrivesPieceByPieceAsync("/s117", type, "one\n", "two\n");

    [Fact]
    public Task S124_events_of_the_server_arrive_one_by_one() => ArrivesPieceByPieceAsync("/s124", "text/event-stream", "data: one\n\n", "data: two\n\n");

    [Fact]
    public async Task S118_a_body_over_the_limit_fails_and_never_reaches_the_app_whole()
    {
        var body = new string('x', 64 << 10);
        var announced = await world.PostAsync(world.Small, "/v1.0/invoke/callee/method/s118", body);
        Assert.InRange((int)announced.StatusCode, 400, 599);
        using var request = InvocationWorld.Streaming(world.Small, "/v1.0/invoke/callee/method/s118", new StreamedBody(async write =>
        {
            for (var piece = 0; piece < 4; piece++)
            {
                await write(body[..(body.Length / 4)]);
            }
        }));
        var streamed = await Record.ExceptionAsync(async () =>
        {
            using var answer = await world.BeginAsync(request);
            Assert.InRange((int)answer.StatusCode, 400, 599);
        });
        Assert.True(streamed is null or HttpRequestException, $"{streamed}");
        Assert.Empty(world.Callee.At("/s118"));
        Assert.Equal(HttpStatusCode.OK, (await world.PostAsync(world.Small, "/v1.0/invoke/callee/method/s118", "small")).StatusCode);
    }

    [Fact]
    public async Task S126_a_sidecar_that_is_down_is_tried_three_times_more()
    {
        using var dead = new TcpListener(IPAddress.Loopback, 0);
        dead.Start();
        var attempts = 0;
        using var stop = new CancellationTokenSource();
        var accepting = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                using var connection = await dead.AcceptTcpClientAsync(stop.Token);
                Interlocked.Increment(ref attempts);
            }
        });
        var resolution = $"nameResolution:\n  component: static\n  configuration:\n    gone: 127.0.0.1:{((IPEndPoint)dead.LocalEndpoint).Port}";
        var caller = await world.SidecarAsync(new SidecarSpec("resolver") { Configuration = world.Configuration(resolution) });
        await (await world.GetAsync(caller, "/v1.0/invoke/gone/method/m")).IsRefusedAsync(500, "ERR_DIRECT_INVOKE");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => accepting);
        Assert.Equal(4, attempts);
    }

    [Fact]
    public async Task S128_grpc_calls_pass_to_the_app_of_their_metadata()
    {
        var invoker = world.Channel(world.At).CreateCallInvoker();
        var options = new CallOptions(new global::Grpc.Core.Metadata { { "dapr-app-id", "echo" } }, deadline: TimeProvider.System.GetUtcNow().UtcDateTime + Limit);
        Assert.Equal([1, 2], await invoker.AsyncUnaryCall(GrpcEchoApp.Method("lucid.Echo", "One"), null, options, [1, 2]));
        using var both = invoker.AsyncDuplexStreamingCall(GrpcEchoApp.Method("lucid.Echo", "Both", MethodType.DuplexStreaming), null, options);
        foreach (var message in new byte[][] { [1], [2, 3] })
        {
            await both.RequestStream.WriteAsync(message);
            Assert.True(await both.ResponseStream.MoveNext(CancellationToken.None));
            Assert.Equal(message, both.ResponseStream.Current);
        }

        await both.RequestStream.CompleteAsync();
        Assert.False(await both.ResponseStream.MoveNext(CancellationToken.None));
        Assert.Contains(world.Echo.Calls, call => call.Path == "/lucid.Echo/Both" && call.Headers["dapr-caller-app-id"] == "caller");
    }

    [Fact]
    public async Task S129_a_grpc_call_without_app_id_fails()
    {
        var call = world.Channel(world.At).CreateCallInvoker().AsyncUnaryCall(GrpcEchoApp.Method("lucid.Echo", "Nobody"), null, default, [1]);
        await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync);
        Assert.DoesNotContain(world.Echo.Calls, call => call.Path == "/lucid.Echo/Nobody");
    }

    [Fact]
    public async Task S130_the_HTTP_port_takes_HTTP_2_too()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(world.At.Http, "/v1.0/invoke/callee/method/s130"))
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        using var answer = await world.BeginAsync(request);
        Assert.Equal((HttpStatusCode.OK, HttpVersion.Version20), (answer.StatusCode, answer.Version));
        Assert.Single(world.Callee.At("/s130"));
    }

    private async Task ArrivesPieceByPieceAsync(string path, string contentType, string first, string second)
    {
        var read = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Callee.OnStream(path, async http =>
        {
            http.Response.ContentType = contentType;
            await http.Response.WriteAsync(first);
            await http.Response.Body.FlushAsync();
            await read.Task.WaitAsync(Limit);
            await http.Response.WriteAsync(second);
        });
        using var request = InvocationWorld.Streaming(world.At, $"/v1.0/invoke/callee/method{path}");
        using var answer = await world.BeginAsync(request);
        await using var body = await answer.Content.ReadAsStreamAsync();
        var buffer = new byte[first.Length];
        await body.ReadExactlyAsync(buffer).AsTask().WaitAsync(Limit);
        Assert.Equal(first, System.Text.Encoding.UTF8.GetString(buffer));
        read.SetResult();
        using var rest = new StreamReader(body);
        Assert.Equal((contentType, second), (answer.Header("Content-Type"), await rest.ReadToEndAsync()));
    }
}
