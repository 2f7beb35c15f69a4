using System.Net;
using System.Text;
using System.Text.Json;
using Lucid.ServiceDefaults.Tests.Example;
using Lucid.ServiceDefaults.Tests.Support;

namespace Lucid.ServiceDefaults.Tests;

public sealed class TopicTests : IAsyncLifetime
{
    private TestService _service = null!;
    private HttpClient _sidecar = null!;

    public async ValueTask InitializeAsync()
    {
        _service = await TestService.StartAsync();
        _sidecar = _service.Client(caller: null);
    }

    public async ValueTask DisposeAsync()
    {
        _sidecar.Dispose();
        await _service.DisposeAsync();
    }

    [Fact]
    public async Task The_subscription_names_component_route_and_dead_letter_topic()
    {
        var item = Assert.Single(JsonDocument.Parse(await _sidecar.GetStringAsync("/dapr/subscribe")).RootElement.EnumerateArray());
        Assert.Equal("lucid-pubsub", item.GetProperty("pubsubName").GetString());
        Assert.Equal("lucid.chain", item.GetProperty("topic").GetString());
        Assert.Equal("subscriptions/lucid.chain", item.GetProperty("route").GetString());
        Assert.Equal("lucid.chain.dlq", item.GetProperty("deadLetterTopic").GetString());
    }

    [Fact]
    public async Task A_delivered_event_takes_effect_once()
    {
        var notes = _service.Services.GetRequiredService<EntityStore<Note>>();
        var id = Guid.CreateVersion7();
        await notes.SaveAsync(notes.New(id, new Note(id, "a", false, ProcessedEvents.None)), default);
        var envelope = $$$"""{"specversion":"1.0","id":"e1","type":"session.anchored","source":"x","time":"2026-01-01T00:00:00+01:00","topic":"lucid.chain","data":{"note_id":"{{{id}}}","more":1}}""";

        Assert.Equal(HttpStatusCode.OK, (await DeliverAsync(envelope)).StatusCode);
        var once = (await notes.FindAsync(id, default))!;
        Assert.True(once.Value.IsAnchored);
        Assert.Equal(HttpStatusCode.OK, (await DeliverAsync(envelope)).StatusCode);
        Assert.Equal(once.Version, (await notes.FindAsync(id, default))!.Version);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"id":"e1","data":{}}""")]
    [InlineData("""{"id":"e1","type":"session.anchored"}""")]
    [InlineData("""{"id":"e1","type":"session.anchored","data":{"note_id":7}}""")]
    [InlineData("""{"id":"e1","type":"session.anchored","data":null}""")]
    public async Task A_message_that_cannot_be_read_goes_to_the_dead_letter_topic(string envelope)
    {
        var response = await DeliverAsync(envelope);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("""{"status":"DROP"}""", await response.Content.ReadAsStringAsync());
    }

    private Task<HttpResponseMessage> DeliverAsync(string envelope) =>
        _sidecar.PostAsync("/subscriptions/lucid.chain", new StringContent(envelope, Encoding.UTF8, "application/cloudevents+json"));
}
