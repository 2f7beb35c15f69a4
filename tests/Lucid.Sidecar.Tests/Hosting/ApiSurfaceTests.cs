using System.Net;
using System.Text.Json;
using Lucid.Sidecar.Hosting;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Tests.Hosting;

public sealed class ApiSurfaceTests
{
    [Theory]
    [InlineData("/v1.0/metadata", null, 401)]
    [InlineData("/v1.0/metadata", "wrong", 401)]
    [InlineData("/v1.0/metadata", "secret", 200)]
    [InlineData("/v1.0/healthz", null, 204)]
    [InlineData("/v1.0/healthz/", null, 204)]
    [InlineData("/v1.0/healthz/outbound", null, 204)]
    [InlineData("/v1.0/healthz/../metadata", null, 401)]
    [InlineData("/v1.0/metadata/../healthz", null, 401)]
    [InlineData("/v1.0/%68ealthz", null, 401)]
    [InlineData("/v1.0/invoke/self/method/x", null, 401)]
    public async Task Only_health_needs_no_token(string target, string? token, int status)
    {
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync(Mesh.Options("self") with { ApiToken = "secret" });

        using var response = token is null ? await mesh.GetAsync(sidecar, target) : await mesh.GetAsync(sidecar, target, ("dapr-api-token", token));

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 401)
        {
            Assert.Equal("invalid api token", await response.Content.ReadAsStringAsync());
            Assert.Equal("text/plain", response.Content.Headers.ContentType?.MediaType);
        }
    }

    [Fact]
    public async Task Health_with_another_verb_needs_a_token()
    {
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync(Mesh.Options("self") with { ApiToken = "secret" });

        using var response = await mesh.SendAsync(sidecar, HttpMethod.Post, "/v1.0/healthz");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    [Fact]
    public async Task Outbound_is_healthy_before_the_app_listens_and_ready_only_after()
    {
        var app = await TestApp.StartAsync();
        var port = app.Port;
        await app.DisposeAsync();
        await using var mesh = new Mesh();
        var sidecar = (RunningSidecar)await mesh.Host.StartAsync(Mesh.Options("self", port), ResourceSet.Empty, TestContext.Current.CancellationToken);

        using var outbound = await mesh.GetAsync(sidecar, "/v1.0/healthz/outbound");
        using var early = await mesh.GetAsync(sidecar, "/v1.0/healthz");
        await using var late = await TestApp.StartAsync();
        await sidecar.AttachAppAsync(late.Port, TestContext.Current.CancellationToken);
        await sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        using var ready = await mesh.GetAsync(sidecar, "/v1.0/healthz");
        using var own = await mesh.GetAsync(sidecar, "/v1.0/healthz?appid=self");
        using var other = await mesh.GetAsync(sidecar, "/v1.0/healthz?appid=other");

        Assert.Equal(HttpStatusCode.NoContent, outbound.StatusCode);
        await Mesh.AssertErrorAsync(early, 500, "ERR_HEALTH_NOT_READY");
        Assert.Equal(HttpStatusCode.NoContent, ready.StatusCode);
        Assert.Equal(HttpStatusCode.NoContent, own.StatusCode);
        await Mesh.AssertErrorAsync(other, 500, "ERR_HEALTH_APPID_NOT_MATCH");
    }

    [Fact]
    public async Task Calls_to_an_unhealthy_app_fail_until_it_recovers()
    {
        var healthy = true;
        await using var app = await TestApp.StartAsync(context =>
        {
            context.Response.StatusCode = context.Request.Path != "/healthz" || Volatile.Read(ref healthy) ? 200 : 500;
            return Task.CompletedTask;
        });
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync(Mesh.Options("self", app.Port) with
        {
            EnableAppHealthCheck = true, AppHealthProbeInterval = TimeSpan.FromMilliseconds(20), AppHealthThreshold = 2, AppApiToken = "secret",
        });
        await sidecar.Ready.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

        Volatile.Write(ref healthy, false);
        await Mesh.UntilAsync(async () =>
        {
            using var response = await mesh.GetAsync(sidecar, "/v1.0/invoke/self/method/x");
            return (await response.Content.ReadAsStringAsync()).Contains("app is not in a healthy state", StringComparison.Ordinal);
        });
        Volatile.Write(ref healthy, true);
        await Mesh.UntilAsync(async () =>
        {
            using var response = await mesh.GetAsync(sidecar, "/v1.0/invoke/self/method/x");
            return response.StatusCode == HttpStatusCode.OK;
        });

        Assert.All(app.Requests.Where(r => r.Path == "/healthz"), probe => Assert.Null(probe.Header("dapr-api-token")));
    }

    [Fact]
    public async Task Metadata_shows_the_sidecar_and_keeps_what_is_put()
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var location = new SourceLocation("state.yaml", 1);
        var sidecar = await mesh.StartAsync("self", app, ResourceSet.Empty with
        {
            Components =
            [
                new ComponentResource("mine", null, "state.in-memory", "v1", location),
                new ComponentResource("scoped", null, "state.in-memory", "v1", location) { Scopes = ["other"] },
                new ComponentResource("elsewhere", "another", "state.in-memory", "v1", location),
            ],
        });

        using var put = await mesh.SendAsync(sidecar, HttpMethod.Put, "/v1.0/metadata/a%2Fb+c", Mesh.Text("raw \"text\""));
        using var response = await mesh.GetAsync(sidecar, "/v1.0/metadata");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync());

        Assert.Equal(HttpStatusCode.NoContent, put.StatusCode);
        var root = json.RootElement;
        Assert.Equal("self", root.GetProperty("id").GetString());
        Assert.StartsWith("1.18.3", root.GetProperty("runtimeVersion").GetString());
        Assert.Equal("mine", Assert.Single(root.GetProperty("components").EnumerateArray()).GetProperty("name").GetString());
        Assert.Equal("raw \"text\"", root.GetProperty("extended").GetProperty("a/b c").GetString());
        Assert.Equal(app.Port, root.GetProperty("appConnectionProperties").GetProperty("port").GetInt32());
        Assert.Equal(0, root.GetProperty("subscriptions").GetArrayLength());
    }

    [Theory]
    [InlineData("denied", "metadata", "v1.0", "/v1.0/metadata", 404)]
    [InlineData("denied", "metadata", "v1", "/v1.0/metadata", 404)]
    [InlineData("denied", "meta", "v1.0", "/v1.0/metadata", 404)]
    [InlineData("denied", "meta", "v1", "/v1.0/metadata", 200)]
    [InlineData("denied", "healthz", "v1", "/v1.0/healthz", 204)]
    [InlineData("denied", "invoke", "v1", "/v1.0/invoke/self/method/x", 404)]
    [InlineData("denied", "bindings", "v1", "/v1.0/bindings/x", 404)]
    [InlineData("allowed", "invoke", "v1", "/v1.0/invoke/self/method/x", 200)]
    [InlineData("allowed", "invoke", "v1", "/v1.0/metadata", 404)]
    [InlineData("allowed", "invoke", "v1", "/v1.0/healthz", 204)]
    public async Task The_api_lists_unroute_what_they_do_not_leave(string list, string name, string version, string target, int status)
    {
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        ApiRule[] rules = [new(name, version, "http")];
        var configuration = ResourceSet.Empty.Configuration with { ApiAllowed = list == "allowed" ? rules : [], ApiDenied = list == "denied" ? rules : [] };
        var sidecar = await mesh.StartAsync("self", app, ResourceSet.Empty with { Configuration = configuration });

        using var response = await mesh.GetAsync(sidecar, target);
        using var byHeader = await mesh.GetAsync(sidecar, "/x", ("dapr-app-id", "self"));

        Assert.Equal(status, (int)response.StatusCode);
        if (status == 404)
        {
            await Mesh.AssertErrorAsync(response, 404, "ERR_DIRECT_INVOKE");
        }

        Assert.Equal(list == "denied" && name == "invoke" ? HttpStatusCode.NotFound : HttpStatusCode.OK, byHeader.StatusCode);
    }

    [Theory]
    [InlineData("/v1.0/configuration/store", "configuration")]
    [InlineData("/v1.0/bindings/x", "bindings")]
    [InlineData("/v1.0/jobs/x", "jobs")]
    [InlineData("/v1.0-beta1/workflows/dapr/x/start", "workflows")]
    [InlineData("/v1.0-alpha1/crypto/x/encrypt", "cryptography")]
    public async Task What_is_not_built_is_named(string target, string name)
    {
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync("self");

        using var response = await mesh.SendAsync(sidecar, HttpMethod.Post, target);

        await Mesh.AssertErrorAsync(response, 501, "ERR_API_UNIMPLEMENTED", name);
    }

    [Fact]
    public async Task A_wrong_verb_falls_through_to_invocation()
    {
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync("self");

        using var response = await mesh.SendAsync(sidecar, HttpMethod.Delete, "/v1.0/metadata");

        await Mesh.AssertErrorAsync(response, 404, "ERR_DIRECT_INVOKE");
    }

    [Fact]
    public async Task Shutdown_answers_and_then_stops()
    {
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync("self");

        using var response = await mesh.SendAsync(sidecar, HttpMethod.Post, "/v1.0/shutdown");

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        await sidecar.Stopped.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => mesh.GetAsync(sidecar, "/v1.0/healthz"));
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData(0.0, false)]
    public async Task A_trace_is_continued_unless_sampling_is_zero(double? rate, bool continues)
    {
        const string incoming = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        await using var app = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        await mesh.StartAsync("callee", app);
        var sidecar = await mesh.StartAsync("caller", null, ResourceSet.Empty with
        {
            Configuration = ResourceSet.Empty.Configuration with { Tracing = new TracingSpec(rate) },
        });

        using var response = await mesh.GetAsync(sidecar, "/v1.0/invoke/callee/method/x", ("traceparent", incoming), ("baggage", "a=b"));

        var passed = Assert.Single(app.Requests).Header("traceparent");
        Assert.Equal(!continues, passed == incoming);
        Assert.StartsWith("00-0af7651916cd43dd8448eb211c80319c-", passed);
        Assert.EndsWith("-01", passed);
        Assert.Equal(continues, response.Headers.Contains("traceparent"));
        Assert.Equal("a=b", Assert.Single(app.Requests).Header("baggage"));
    }

    [Fact]
    public async Task Malformed_baggage_is_refused()
    {
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync("self");

        using var response = await mesh.GetAsync(sidecar, "/v1.0/metadata", ("baggage", "no pair"));

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public void Error_details_are_those_of_google_rpc()
    {
        var error = new DaprError("ERR_STATE_STORE_NOT_FOUND", "state store x is not found", 400, global::Grpc.Core.StatusCode.InvalidArgument, "DAPR_STATE_NOT_FOUND")
        {
            ReasonMetadata = new Dictionary<string, string> { ["name"] = "x" },
        };

        using var json = JsonDocument.Parse(ErrorWriter.Body(error));

        var details = json.RootElement.GetProperty("details");
        Assert.Equal("DAPR_STATE_NOT_FOUND", details[0].GetProperty("reason").GetString());
        Assert.Equal("dapr.io", details[0].GetProperty("domain").GetString());
        Assert.Equal("x", details[1].GetProperty("resource_name").GetString());
    }

    [Fact]
    public async Task An_app_that_is_replaced_is_waited_for_anew()
    {
        await using var first = await TestApp.StartAsync();
        await using var second = await TestApp.StartAsync();
        await using var mesh = new Mesh();
        var sidecar = await mesh.StartAsync("self", first);

        await sidecar.AttachAppAsync(second.Port, TestContext.Current.CancellationToken);
        await Mesh.UntilAsync(async () =>
        {
            using var health = await mesh.GetAsync(sidecar, "/v1.0/healthz");
            return health.StatusCode == HttpStatusCode.NoContent;
        });
        using var response = await mesh.GetAsync(sidecar, "/v1.0/invoke/self/method/x");

        Assert.Empty(first.Requests);
        Assert.Single(second.Requests);
    }

    [Fact]
    public async Task One_app_has_one_sidecar_in_a_process()
    {
        await using var mesh = new Mesh();
        await mesh.StartAsync("self");

        await Assert.ThrowsAsync<InvalidOperationException>(() => mesh.StartAsync("self"));
        await mesh.StartAsync(Mesh.Options("self") with { Namespace = "other" });
    }
}
