using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Lucid.Sidecar.PubSub;
using Lucid.Sidecar.Runtime;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Lucid.Sidecar.Tests.PubSub;

public sealed class PublishHttpTests : IAsyncLifetime
{
    private readonly CapturingBroker broker = new();
    private readonly HttpClient client = new();
    private WebApplication? server;

    public async ValueTask InitializeAsync()
    {
        var sidecar = new TestSidecar("orders-app", broker, new() { ["protectedTopics"] = "guarded" });
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        server = builder.Build();
        server.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (DaprApiException refusal)
            {
                context.Response.StatusCode = refusal.Error.HttpStatus;
                await context.Response.WriteAsync(refusal.Error.Code);
            }
        });
        server.UseRouting();
        PublishHttpApi.Map(server, sidecar.Publisher);
        await server.StartAsync();
        client.BaseAddress = new Uri(server.Urls.First());
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await server!.DisposeAsync();
    }

    [Theory]
    [InlineData("POST", "/v1.0/publish/pubsub/orders", "orders")]
    [InlineData("PUT", "/v1.0/publish/pubsub/orders", "orders")]
    [InlineData("POST", "/v1.0/publish/pubsub/a/b/c", "a/b/c")]
    [InlineData("POST", "/v1.0/publish/pubsub/a%2Fb", "a/b")]
    public async Task A_publish_is_answered_204_without_a_body(string verb, string path, string topic)
    {
        using var response = await Send(verb, path, "{\"a\":1}", "application/json");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(topic, Assert.Single(broker.Published).Topic);
        Assert.Equal("{\"a\":1}", broker.LastEvent.GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Query_parameters_named_metadata_are_metadata()
    {
        using var response = await Send("POST", "/v1.0/publish/pubsub/orders?metadata.cloudevent.type=own&metadata.ttlInSeconds=5&other=1", "x", null);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("own", broker.LastEvent.GetProperty("type").GetString());
        Assert.Equal(["cloudevent.type", "ttlInSeconds"], broker.Last.Metadata.Keys.Order());
    }

    [Theory]
    [InlineData("/v1.0/publish/nosuch/orders", 404, "ERR_PUBSUB_NOT_FOUND")]
    [InlineData("/v1.0/publish/pubsub/", 404, "ERR_TOPIC_NAME_EMPTY")]
    [InlineData("/v1.0/publish/pubsub/guarded", 403, "ERR_PUBSUB_FORBIDDEN")]
    [InlineData("/v1.0/publish/pubsub/orders?metadata.rawPayload=perhaps", 400, "ERR_PUBSUB_REQUEST_METADATA")]
    [InlineData("/v1.0/publish/bulk/pubsub/orders", 400, "ERR_PUBSUB_EVENTS_SER")]
    public async Task Refusals_are_answered_as_daprd_does(string path, int status, string code)
    {
        using var response = await Send("POST", path, "{\"not\":\"an array\"}", "application/json");
        Assert.Equal((status, code), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Empty(broker.Published);
    }

    [Fact]
    public async Task Bulk_entries_are_read_by_their_content_type()
    {
        using var response = await Send("POST", "/v1.0/publish/bulk/pubsub/orders", """
            [{"entryId":"1","event":{"n":9007199254740993},"contentType":"application/json"},
             {"entryId":"2","event":"plain","contentType":"text/plain","metadata":{"cloudevent.id":"two"}},
             {"entryId":"3","event":"AP8=","contentType":"application/octet-stream"}]
            """, "application/json");
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        var events = broker.Published.Select(item => JsonDocument.Parse(item.Message.Data).RootElement).ToList();
        Assert.Contains(events, found => found.TryGetProperty("data", out var data) && data.GetRawText() == """{"n":9007199254740993}""");
        Assert.Contains(events, found => found.GetProperty("id").GetString() == "two" && found.GetProperty("data").GetString() == "plain");
        Assert.Contains(events, found => found.TryGetProperty("data_base64", out var data) && data.GetString() == "AP8=");
    }

    [Fact]
    public async Task A_bulk_request_that_fails_in_part_lists_the_failed_entries()
    {
        broker.Failure = _ => new IOException("no room");
        using var response = await Send("POST", "/v1.0-alpha1/publish/bulk/pubsub/orders", """[{"entryId":"a","event":"x","contentType":"text/plain"}]""", "application/json");
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        var body = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal("ERR_PUBSUB_PUBLISH_MESSAGE", body.GetProperty("errorCode").GetString());
        Assert.Equal("a", body.GetProperty("failedEntries")[0].GetProperty("entryId").GetString());
    }

    [Fact]
    public async Task A_body_over_the_limit_publishes_nothing()
    {
        using var response = await Send("POST", "/v1.0/publish/pubsub/orders", new string('x', (4 << 20) + 1), null);
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
        Assert.Empty(broker.Published);
    }

    private async Task<HttpResponseMessage> Send(string verb, string path, string body, string? contentType)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), path) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return await client.SendAsync(request);
    }
}
