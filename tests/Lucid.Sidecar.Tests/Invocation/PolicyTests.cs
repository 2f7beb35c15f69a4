using Dapr.Client.Autogen.Grpc.v1;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Tests.Invocation;

/// <summary>Resiliency on an app target, and the legacy gRPC form of a call.</summary>
public sealed class PolicyTests
{
    private static readonly SourceLocation Here = new("resiliency.yaml", 1);

    [Theory]
    [InlineData(500, null, 3)]
    [InlineData(404, null, 3)]
    [InlineData(404, "500-599", 1)]
    [InlineData(200, null, 1)]
    public async Task A_retry_policy_repeats_failures_with_the_same_body_and_answers_with_the_last(int status, string? matching, int attempts)
    {
        var bodies = new List<string>();
        await using var app = await TestApp.StartAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            bodies.Add(await reader.ReadToEndAsync());
            context.Response.StatusCode = status;
            await context.Response.WriteAsync($"answer {bodies.Count}");
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller", null, Target(retries: new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), 2, matching, null)));

        using var response = await mesh.SendAsync(caller, HttpMethod.Post, "/v1.0/invoke/callee/method/x", Mesh.Text("payload"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal($"answer {attempts}", await response.Content.ReadAsStringAsync());
        Assert.Equal(Enumerable.Repeat("payload", attempts), bodies);
    }

    [Fact]
    public async Task A_chunked_request_is_not_repeated_whatever_the_policy()
    {
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.StatusCode = 503;
            return context.Response.WriteAsync("busy");
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller", null, Target(retries: new RetryPolicySpec(RetryBackoff.Constant, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1), 2, null, null)));
        using var body = new StreamContent(new MemoryStream("streamed"u8.ToArray()));
        body.Headers.ContentLength = null;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{caller.HttpPort}/v1.0/invoke/callee/method/x") { Content = body };
        request.Headers.TransferEncodingChunked = true;
        using var client = new HttpClient();

        using var response = await client.SendAsync(request);

        Assert.Equal(503, (int)response.StatusCode);
        Assert.Equal("busy", await response.Content.ReadAsStringAsync());
        Assert.Single(app.Requests);
    }

    [Fact]
    public async Task An_app_that_takes_longer_than_its_timeout_is_given_up()
    {
        await using var app = await TestApp.StartAsync(context => Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default));
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller", null, Target(timeout: TimeSpan.FromMilliseconds(50)));

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        await Mesh.AssertErrorAsync(response, 500, "ERR_DIRECT_INVOKE", "DeadlineExceeded");
    }

    [Fact]
    public async Task An_open_breaker_keeps_calls_from_the_app()
    {
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller", null, Target(breaker: new CircuitBreakerSpec(1, TimeSpan.Zero, TimeSpan.FromMinutes(5), "consecutiveFailures > 1")));

        for (var i = 0; i < 2; i++)
        {
            using var failed = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");
            Assert.Equal(500, (int)failed.StatusCode);
        }

        using var fast = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        await Mesh.AssertErrorAsync(fast, 500, "ERR_DIRECT_INVOKE", "circuit breaker is open");
        Assert.Equal(2, app.Requests.Count);
    }

    [Fact]
    public async Task InvokeService_brings_method_query_body_and_headers_to_the_app()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");

        var reply = await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel).InvokeServiceAsync(
            Call("a//b", "q=1", "hello"), new global::Grpc.Core.Metadata { { "x-own", "1" } });

        Assert.Equal("ok", reply.Data.Value.ToStringUtf8());
        var seen = Assert.Single(app.Requests);
        Assert.Equal("/a/b?q=1", seen.Target);
        Assert.Equal("hello", seen.Body);
        Assert.Equal("text/plain", seen.Header("Content-Type"));
        Assert.Equal("1", seen.Header("x-own"));
        Assert.Equal("caller", seen.Header("dapr-caller-app-id"));
        Assert.Null(seen.Header("te"));
        Assert.Null(seen.Header("grpc-accept-encoding"));
    }

    [Theory]
    [InlineData("denied", StatusCode.Internal)]
    [InlineData("allowed/%2e%2e/denied", StatusCode.Internal)]
    [InlineData("allowed/../denied", StatusCode.Internal)]
    public async Task A_denial_of_InvokeService_is_an_internal_error(string method, StatusCode code)
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app, Mesh.Resources(new AccessControlSpec(
            "deny", "public", [new AccessPolicy("caller", "public", "lucid", "deny", [new AccessOperation("/allowed", ["*"], "allow", Here)], Here)], Here)));
        var caller = await mesh.StartAsync("caller");
        using var channel = GrpcChannel.ForAddress($"http://127.0.0.1:{caller.GrpcPort}");

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await new Dapr.Client.Autogen.Grpc.v1.Dapr.DaprClient(channel).InvokeServiceAsync(Call(method, "", "x")));

        Assert.Equal(code, error.StatusCode);
        Assert.Empty(app.Requests);
    }

    private static InvokeServiceRequest Call(string method, string query, string body) => new()
    {
        Id = "callee",
        Message = new InvokeRequest
        {
            Method = method, ContentType = "text/plain", Data = new Any { Value = ByteString.CopyFromUtf8(body) },
            HttpExtension = new HTTPExtension { Verb = HTTPExtension.Types.Verb.Post, Querystring = query },
        },
    };

    private static ResourceSet Target(RetryPolicySpec? retries = null, TimeSpan? timeout = null, CircuitBreakerSpec? breaker = null) => ResourceSet.Empty with
    {
        Resiliency =
        [
            new ResiliencyResource("policies", Here)
            {
                Timeouts = timeout is { } time ? new Dictionary<string, TimeSpan> { ["own"] = time } : new Dictionary<string, TimeSpan>(),
                Retries = retries is null ? new Dictionary<string, RetryPolicySpec>() : new Dictionary<string, RetryPolicySpec> { ["own"] = retries },
                CircuitBreakers = breaker is null ? new Dictionary<string, CircuitBreakerSpec>() : new Dictionary<string, CircuitBreakerSpec> { ["own"] = breaker },
                Apps = new Dictionary<string, ResiliencyTarget>
                {
                    ["callee"] = new(timeout is null ? null : "own", retries is null ? null : "own", breaker is null ? null : "own"),
                },
            },
        ],
    };
}
