using System.Net;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Tests.Hosting;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Tests.Invocation;

public sealed class InvocationTests
{
    private static readonly SourceLocation Here = new("policy.yaml", 1);

    [Theory]
    [InlineData("/v1.0/invoke/callee/method/x?q=1&r=%2F", "/x?q=1&r=%2F")]
    [InlineData("/v1.0/invoke/callee.lucid/method/x", "/x")]
    [InlineData("//v1.0//invoke/callee/method/a//b", "/a/b")]
    [InlineData("/v1.0/invoke/callee/method/a/./b", "/a/b")]
    [InlineData("/v1.0/invoke/callee/method/x/../a/b", "/a/b")]
    [InlineData("/v1.0/invoke/callee/method/a/b/", "/a/b")]
    [InlineData("/v1.0/invoke/callee/method/a%2Fb", "/a/b")]
    [InlineData("/v1.0/invoke/callee/method/a%20b", "/a%20b")]
    [InlineData("/v1.0/invoke/callee/method/", "/")]
    [InlineData("/v1.0/invoke/call%65e/method/x", "/x")]
    [InlineData("/v1.0/invoke/callee/method/method/x", "/method/x")]
    public async Task The_app_gets_the_cleaned_path_and_the_query_as_written(string target, string arrives)
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, target);

        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        Assert.Equal(arrives, Assert.Single(app.Requests).Target);
    }

    [Theory]
    [InlineData("/v1.0/invoke/callee/method/a%23b", 500)]
    [InlineData("/v1.0/invoke/callee/method/a%3Fb", 500)]
    [InlineData("/v1.0/invoke/callee/method/a%0Db", 500)]
    [InlineData("/v1.0/invoke/callee/method/a%25zz", 500)]
    [InlineData("/v1.0/invoke/callee/method/seen/%252e%252e/admin", 400)]
    [InlineData("/v1.0/invoke/callee/method/%2561dmin", 400)]
    [InlineData("/v1.0/invoke/nobody/method/x", 500)]
    [InlineData("/v1.0/invoke/a.b.c/method/x", 500)]
    [InlineData("/v1.0/invoke/callee.other/method/x", 500)]
    [InlineData("/v1.0/invoke/callee", 404)]
    [InlineData("/v1.0/invoke/callee/x", 404)]
    [InlineData("/elsewhere", 404)]
    [InlineData("/v1.0/invoke/http%3A%2F%2Fexample.com/method/x", 501)]
    public async Task What_cannot_be_invoked_is_refused_before_the_app(string target, int status)
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, target);

        await Mesh.AssertErrorAsync(response, status, "ERR_DIRECT_INVOKE");
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task A_null_byte_is_refused_before_the_app()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/a%00b");

        Assert.False(response.IsSuccessStatusCode);
        Assert.Empty(app.Requests);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    [InlineData("DELETE")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("REPORT")]
    public async Task Every_verb_arrives_as_it_is(string verb)
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.SendAsync(caller, new HttpMethod(verb), "/v1.0/invoke/callee/method/x");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(verb, Assert.Single(app.Requests).Method);
    }

    [Fact]
    public async Task The_header_form_takes_the_whole_path_and_is_not_passed_on()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, "/orders/7?x=y", ("dapr-app-id", "callee"));

        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        var seen = Assert.Single(app.Requests);
        Assert.Equal("/orders/7?x=y", seen.Target);
        Assert.Null(seen.Header("dapr-app-id"));
    }

    [Theory]
    [InlineData("dapr-app-id:callee", "/orders/7?x=y")]
    [InlineData("Dapr-App-Id:callee", "/orders/7?x=y")]
    [InlineData("dapr-app-id:callee", "/v1.0/invoke/nobody/method/x")]
    public async Task The_basic_form_takes_the_whole_path(string credentials, string target)
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, target, Basic(credentials));

        Assert.Equal("ok", await response.Content.ReadAsStringAsync());
        Assert.Equal(target, Assert.Single(app.Requests).Target);
    }

    [Theory]
    [InlineData("dapr-app-id:")]
    [InlineData("somebody:secret")]
    [InlineData("dapr-app-id:callee:x")]
    public async Task Other_credentials_name_no_app(string credentials)
    {
        await using var mesh = new Mesh();
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, "/x", Basic(credentials));

        await Mesh.AssertErrorAsync(response, 404, "ERR_DIRECT_INVOKE");
    }

    [Fact]
    public async Task The_basic_form_passes_neither_the_API_list_nor_access_control()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app, Mesh.Resources(new AccessControlSpec("deny", null, [], Here)));
        var open = await mesh.StartAsync("open");
        var closed = await mesh.StartAsync("closed", null, ResourceSet.Empty with
        {
            Configuration = ResourceSet.Empty.Configuration with { ApiDenied = [new ApiRule("invoke", "v1", "http")] },
        });

        using var denied = await mesh.GetAsync(open, "/x", Basic("dapr-app-id:callee"));
        using var unrouted = await mesh.GetAsync(closed, "/x", Basic("dapr-app-id:callee"));

        await Mesh.AssertErrorAsync(denied, 403, "ERR_DIRECT_INVOKE");
        await Mesh.AssertErrorAsync(unrouted, 404, "ERR_DIRECT_INVOKE");
        Assert.Empty(app.Requests);
    }

    [Fact]
    public async Task Headers_are_kept_marked_and_stripped()
    {
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.StatusCode = 418;
            context.Response.Headers["x-many"] = new[] { "1", "2" };
            context.Response.Headers["Connection"] = "x-hop";
            context.Response.Headers["x-hop"] = "1";
            context.Response.Headers["Keep-Alive"] = "timeout=5";
            return context.Response.WriteAsync("teapot");
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync(Mesh.Options("callee", app.Port) with { AppApiToken = "callee-secret" });
        var caller = await mesh.StartAsync(Mesh.Options("caller") with { ApiToken = "caller-secret", AppApiToken = "other" });

        using var response = await mesh.SendAsync(
            caller, HttpMethod.Post, "/v1.0/invoke/callee/method/x", Mesh.Text("hello"),
            ("dapr-api-token", "caller-secret"), ("x-twice", "a"), ("x-twice", "b"), ("Connection", "x-private"), ("x-private", "1"), ("TE", "trailers"),
            ("dapr-caller-app-id", "forged"), ("dapr-caller-namespace", "forged"));

        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal("teapot", await response.Content.ReadAsStringAsync());
        Assert.Equal(["1", "2"], response.Headers.GetValues("x-many"));
        Assert.False(response.Headers.Contains("x-hop"));
        Assert.False(response.Headers.Contains("Keep-Alive"));
        var seen = Assert.Single(app.Requests);
        Assert.Equal("callee-secret", seen.Header("dapr-api-token"));
        Assert.Equal("caller", seen.Header("dapr-caller-app-id"));
        Assert.Equal("lucid", seen.Header("dapr-caller-namespace"));
        Assert.Equal("callee", seen.Header("dapr-callee-app-id"));
        Assert.Equal("text/plain; charset=utf-8", seen.Header("Content-Type"));
        Assert.Equal("5", seen.Header("Content-Length"));
        Assert.Contains("for=", seen.Header("Forwarded"));
        Assert.NotNull(seen.Header("X-Forwarded-For"));
        Assert.NotNull(seen.Header("X-Forwarded-Host"));
        Assert.Contains("a", seen.Headers["x-twice"].SelectMany(v => v.Split(", ")));
        Assert.Contains("b", seen.Headers["x-twice"].SelectMany(v => v.Split(", ")));
        Assert.Null(seen.Header("x-private"));
        Assert.Null(seen.Header("TE"));
        Assert.Equal($"127.0.0.1:{app.Port}", seen.Header("Host"));
    }

    [Fact]
    public async Task Redirects_are_returned_and_not_followed()
    {
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Equal("/elsewhere", response.Headers.Location?.OriginalString);
        Assert.Single(app.Requests);
    }

    [Fact]
    public async Task Self_invocation_skips_access_control_and_the_caller_headers()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var self = await mesh.StartAsync("self", app, Mesh.Resources(new AccessControlSpec("deny", "lucid.internal", [], Here)));

        using var response = await mesh.GetAsync(self, "/v1.0/invoke/self/method/x", ("dapr-caller-app-id", "whatever"));

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("whatever", Assert.Single(app.Requests).Header("dapr-caller-app-id"));
    }

    [Theory]
    [InlineData("/v1.0/invoke/callee/method/allowed", 200)]
    [InlineData("/v1.0/invoke/callee/method/denied/../allowed", 200)]
    [InlineData("/v1.0/invoke/callee/method/denied%2F..%2Fallowed", 200)]
    [InlineData("/v1.0/invoke/callee/method/ALLOWED", 200)]
    [InlineData("/v1.0/invoke/callee/method/denied", 403)]
    [InlineData("/v1.0/invoke/callee/method/allowed/../denied", 403)]
    [InlineData("/v1.0/invoke/callee/method/allowed/%2e%2e/denied", 403)]
    [InlineData("/v1.0/invoke/callee/method/allowed/%252e%252e/denied", 400)]
    [InlineData("/v1.0/invoke/callee.lucid/method/denied", 403)]
    public async Task The_callee_judges_the_path_that_the_app_would_serve(string target, int status)
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var callee = await mesh.StartAsync("callee", app, Mesh.Resources(Only("caller", "/allowed", "GET")));
        var caller = await mesh.StartAsync("caller", null, Mesh.Resources(new AccessControlSpec(null, "lucid.internal", [], Here)));

        using var response = await mesh.GetAsync(caller, target, ("dapr-caller-app-id", "caller"));

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(status == 200 ? 1 : 0, app.Requests.Count);
        if (status == 403)
        {
            await Mesh.AssertErrorAsync(response, 403, "ERR_DIRECT_INVOKE", "code = PermissionDenied desc = access control policy has denied access to id: spiffe://lucid.internal/ns/lucid/caller operation: denied verb: GET");
            Assert.Contains("dapr_runtime_acl_app_policy_action_blocked_total{app_id=\"caller\",trustDomain=\"lucid.internal\",namespace=\"lucid\"} 1", await mesh.MetricsAsync(callee));
        }
    }

    [Fact]
    public async Task A_forged_caller_header_does_not_help_a_stranger()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app, Mesh.Resources(Only("caller", "/allowed", "GET")));
        var stranger = await mesh.StartAsync("stranger", null, Mesh.Resources(new AccessControlSpec(null, "lucid.internal", [], Here)));

        using var response = await mesh.GetAsync(stranger, "/v1.0/invoke/callee/method/allowed", ("dapr-caller-app-id", "caller"));

        await Mesh.AssertErrorAsync(response, 403, "ERR_DIRECT_INVOKE");
        Assert.Empty(app.Requests);
    }

    [Theory]
    [InlineData("deny", "allow", 403)]
    [InlineData("allow", "deny", 200)]
    public async Task Without_mutual_authentication_the_global_action_decides_for_everyone(string global, string policy, int status)
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh(new SidecarHostOptions { MutualAuthentication = false });
        await mesh.StartAsync("callee", app, Mesh.Resources(new AccessControlSpec(
            global, "lucid.internal", [new AccessPolicy("caller", "lucid.internal", "lucid", policy, [], Here)], Here)));
        var caller = await mesh.StartAsync("caller", null, Mesh.Resources(new AccessControlSpec(null, "lucid.internal", [], Here)));

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Fact]
    public async Task A_policy_that_names_no_namespace_keeps_the_sidecar_from_starting()
    {
        await using var mesh = new Mesh();
        var spec = new AccessControlSpec("deny", "lucid.internal", [new AccessPolicy("caller", "lucid.internal", null, null, [], Here)], Here);

        await Assert.ThrowsAsync<ResourceException>(() => mesh.StartAsync("callee", null, Mesh.Resources(spec)));
    }

    [Fact]
    public async Task Calls_are_counted_on_both_sides()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var callee = await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");
        await response.Content.ReadAsStringAsync();

        var sent = await mesh.MetricsAsync(caller);
        Assert.Contains("dapr_runtime_service_invocation_req_sent_total{app_id=\"caller\",dst_app_id=\"callee\",type=\"unary\"} 1", sent);
        Assert.Contains("dapr_runtime_service_invocation_res_recv_total{app_id=\"caller\",src_app_id=\"callee\",status=\"200\",type=\"unary\"} 1", sent);
        Assert.Contains("dapr_http_server_request_count{app_id=\"caller\",method=\"GET\",status=\"200\"} 1", sent);
        Assert.Contains("dapr_runtime_service_invocation_req_recv_total{app_id=\"callee\",src_app_id=\"caller\",type=\"unary\"} 1", await mesh.MetricsAsync(callee));
    }

    [Fact]
    public async Task An_app_that_is_gone_gives_an_error_that_says_so()
    {
        var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var caller = await mesh.StartAsync("caller");
        await app.DisposeAsync();

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        await Mesh.AssertErrorAsync(response, 500, "ERR_DIRECT_INVOKE", "ConnectionRefused");
    }

    [Fact]
    public async Task A_callee_without_app_port_gives_an_error()
    {
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee");
        var caller = await mesh.StartAsync("caller");

        using var response = await mesh.GetAsync(caller, "/v1.0/invoke/callee/method/x");

        await Mesh.AssertErrorAsync(response, 500, "ERR_DIRECT_INVOKE", "app channel is not initialized");
    }

    private static AccessControlSpec Only(string caller, string operation, string verb) => new(
        "deny", "lucid.internal", [new AccessPolicy(caller, "lucid.internal", "lucid", "deny", [new AccessOperation(operation, [verb], "allow", Here)], Here)], Here);

    private static (string Name, string Value) Basic(string credentials) =>
        ("Authorization", "Basic " + Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(credentials)));
}
