using System.Net;
using Lucid.Contracts.Access;
using Lucid.ServiceDefaults.Tests.Support;
using Lucid.ServiceDefaults.Wall;

namespace Lucid.ServiceDefaults.Tests;

public class PublicListenerTests
{
    [Fact]
    public async Task The_public_listener_serves_marked_endpoints_only_and_strips_internal_headers()
    {
        await using var sidecar = await FakeSidecar.StartAsync();
        var builder = LucidService.CreateBuilder([.. TestService.Arguments(sidecar), "--APP_PORT=0"], AppIds.ApiGateway);
        builder.Logging.ClearProviders();
        builder.AddPublicListener();
        builder.Services.AddSingleton<AllowRules>(_ => []);
        await using var app = builder.Build();
        app.UseLucidDefaults();
        app.MapGet("/open", (HttpContext context) => string.Join(',', context.Request.Headers.Keys.Order(StringComparer.Ordinal))).OnPublicListener();
        app.MapGet("/closed", () => "closed");
        await app.StartAsync();
        var facing = app.Urls.ToArray();
        Assert.Equal(2, facing.Length);

        using var client = new HttpClient();
        client.DefaultRequestHeaders.Add("dapr-caller-app-id", AppIds.AdminInterface);
        client.DefaultRequestHeaders.Add("X-Lucid-User-Id", "1");
        client.DefaultRequestHeaders.Add("X-Request-ID", "0198c0de-0000-7000-8000-000000000001");
        var open = await client.GetAsync(facing[1] + "/open");
        Assert.Equal("Host,X-Request-ID", await open.Content.ReadAsStringAsync());
        Assert.NotEqual("0198c0de-0000-7000-8000-000000000001", open.Headers.GetValues("X-Request-ID").Single());
        foreach (var path in (string[])["/closed", "/health", "/metrics", "/dapr/subscribe", "/nothing"])
        {
            await (await client.GetAsync(facing[1] + path)).AssertErrorAsync(HttpStatusCode.NotFound, "4001");
        }

        await (await client.GetAsync(facing[0] + "/open")).AssertErrorAsync(HttpStatusCode.Unauthorized, "2001");
    }

    [Fact]
    public void The_real_matrix_names_only_apps_of_the_service_table() =>
        Assert.All(AllowMatrix.All, rule => Assert.NotNull(ServiceTable.Find(rule.Caller)));
}
