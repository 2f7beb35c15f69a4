using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Grpc.Net.Client;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Invocation;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Tests.Hosting;
using Microsoft.Extensions.Time.Testing;

namespace Lucid.Sidecar.Tests.Invocation;

/// <summary>Two hosts, as two processes would be: the only way between them is the internal listener.</summary>
public sealed class RemoteTests
{
    private static readonly SourceLocation Here = new("policy.yaml", 1);

    [Theory]
    [InlineData("/v1.0/invoke/callee/method/allowed?q=1", 200)]
    [InlineData("/v1.0/invoke/callee/method/denied%2F..%2Fallowed?q=1", 200)]
    [InlineData("/v1.0/invoke/callee/method/denied", 403)]
    public async Task A_call_to_another_process_is_judged_by_the_certificate(string target, int status)
    {
        using var authority = new TestAuthority();
        await using var app = await TestApp.StartAsync();
        await using var there = new Mesh(authority.Options());
        var callee = await there.StartAsync(Mesh.Options("callee", app.Port) with { InternalGrpcPort = 0 }, Mesh.Resources(Only("caller")));
        await using var here = new Mesh(authority.Options() with { Addresses = Addresses(callee) });
        var caller = await here.StartAsync("caller");

        using var response = await here.SendAsync(caller, HttpMethod.Post, target, Mesh.Text("body"), ("dapr-caller-app-id", "forged"), ("x-own", "1"));

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 403)
        {
            await Mesh.AssertErrorAsync(response, 403, "ERR_DIRECT_INVOKE", "access control policy has denied access to id: spiffe://public/ns/lucid/caller");
            Assert.Empty(app.Requests);
            return;
        }

        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        var seen = Assert.Single(app.Requests);
        Assert.Equal("/allowed?q=1", seen.Target);
        Assert.Equal("body", seen.Body);
        Assert.Equal("caller", seen.Header("dapr-caller-app-id"));
        Assert.Equal("1", seen.Header("x-own"));
        Assert.Null(seen.Header("lucid-callee"));
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var authority = new TestAuthority();
        using var foreign = new TestAuthority();
        await using var app = await TestApp.StartAsync();
        await using var there = new Mesh(authority.Options());
        var callee = await there.StartAsync(Mesh.Options("callee", app.Port) with { InternalGrpcPort = 0 }, Mesh.Resources(Only("caller")));
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, peer, _, _) => peer is not null, ClientCertificates = [foreign.Issue(new CallerIdentity("public", "lucid", "caller"))] },
        };
        using var client = new HttpClient(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"https://127.0.0.1:{callee.InternalPort}/invoke/allowed")
        {
            Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact, Headers = { { "lucid-callee", "callee.lucid" } },
        };

        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request));
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task The_app_of_a_proxied_call_learns_from_the_certificate_who_calls()
    {
        using var authority = new TestAuthority();
        await using var app = await GrpcEcho.StartAsync();
        await using var there = new Mesh(authority.Options());
        var callee = await there.StartAsync(Mesh.Options("callee", app.Port) with { AppProtocol = "grpc", InternalGrpcPort = 0 });
        using var handler = new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = (_, peer, _, _) => peer is not null, ClientCertificates = [authority.Issue(new CallerIdentity("public", "lucid", "caller"))] },
        };
        using var channel = GrpcChannel.ForAddress($"https://127.0.0.1:{callee.InternalPort}", new GrpcChannelOptions { HttpHandler = handler });
        var proxied = new Method<StringValue, StringValue>(MethodType.Unary, "proxy/test.Echo", "Say", GrpcEcho.Say.RequestMarshaller, GrpcEcho.Say.ResponseMarshaller);

        var answer = await channel.CreateCallInvoker().AsyncUnaryCall(
            proxied, null, new CallOptions(new global::Grpc.Core.Metadata { { "lucid-callee", "callee.lucid" }, { "dapr-caller-app-id", "forged" } }), new StringValue { Value = "x" });

        Assert.StartsWith("X from caller", answer.Value);
    }

    [Fact]
    public async Task A_peer_that_is_not_the_app_meant_gets_nothing()
    {
        using var authority = new TestAuthority();
        await using var app = await TestApp.StartAsync();
        await using var there = new Mesh(authority.Options());
        var impostor = await there.StartAsync(Mesh.Options("impostor", app.Port) with { InternalGrpcPort = 0 });
        var time = new FakeTimeProvider();
        await using var here = new Mesh(authority.Options() with
        {
            Time = time, Addresses = new Dictionary<string, string> { ["callee.lucid"] = $"127.0.0.1:{impostor.InternalPort}" },
        });
        var caller = await here.StartAsync("caller");

        var call = here.GetAsync(caller, "/v1.0/invoke/callee/method/x");
        await Advance(time, call);

        using var response = await call;
        await Mesh.AssertErrorAsync(response, 500, "ERR_DIRECT_INVOKE");
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task An_unreachable_sidecar_is_tried_three_more_times_a_second_apart()
    {
        using var authority = new TestAuthority();
        var listener = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        var time = new FakeTimeProvider();
        await using var here = new Mesh(authority.Options() with
        {
            Time = time, Addresses = new Dictionary<string, string> { ["callee.lucid"] = $"127.0.0.1:{port}" },
        });
        var caller = await here.StartAsync("caller");
        var begun = time.GetUtcNow();

        var call = here.GetAsync(caller, "/v1.0/invoke/callee/method/x");
        await Advance(time, call);

        using var response = await call;
        await Mesh.AssertErrorAsync(response, 500, "ERR_DIRECT_INVOKE", "ConnectionRefused");
        Assert.True(time.GetUtcNow() - begun >= TimeSpan.FromSeconds(3));
        Assert.Contains("dapr_runtime_service_invocation_req_sent_total{app_id=\"caller\",dst_app_id=\"callee\",type=\"unary\"} 4", await here.MetricsAsync(caller));
    }

    private static async Task Advance(FakeTimeProvider time, Task call)
    {
        while (!call.IsCompleted)
        {
            time.Advance(TimeSpan.FromMilliseconds(200));
            await Task.WhenAny(call, Task.Delay(10, TestContext.Current.CancellationToken));
        }
    }

    private static Dictionary<string, string> Addresses(RunningSidecar callee) => new() { ["callee.lucid"] = $"127.0.0.1:{callee.InternalPort}" };

    private static AccessControlSpec Only(string caller) => new(
        "deny", "public", [new AccessPolicy(caller, "public", "lucid", "deny", [new AccessOperation("/allowed", ["POST"], "allow", Here)], Here)], Here);
}
