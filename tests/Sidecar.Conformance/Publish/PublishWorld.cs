using System.Text.Json;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;

namespace Lucid.Sidecar.Conformance.Publish;

/// <summary>
/// An app that is subscribed to <c>t50</c>…<c>t70</c> on its own broker, each at the route of the same name, and a second app.
/// <c>fenced</c> knows only the topics of its lists; <c>guarded</c> is protected and <c>open</c> given to the first app.
/// </summary>
public sealed class PublishWorld : World
{
    public SidecarSpec One { get; private set; } = new("publish-one");

    public SidecarSpec Two { get; private set; } = new("publish-two");

    public RecordingApp App { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Folder.Add("broker", "pubsub.in-memory")
            .Add("scoped", "pubsub.in-memory", metadata: [("publishingScopes", "publish-one=open"), ("protectedTopics", "guarded")])
            .Add("fenced", "pubsub.in-memory", metadata: [("allowedTopics", "inside")]);
        var subscriptions = Enumerable.Range(50, 21).Select(number => new { pubsubname = "broker", topic = $"t{number}", route = $"/t{number}" }).ToList<object>();
        subscriptions.Add(new { pubsubname = "broker", topic = "t54/with/slashes", route = "/t54-slashes" });
        subscriptions.Add(new { pubsubname = "broker", topic = "t69-raw", route = "/t69-raw", metadata = new { rawPayload = "true" } });
        App = await AppAsync(JsonSerializer.Serialize(subscriptions));
        One = await SidecarAsync(One with { AppPort = App.Port });
        Two = await SidecarAsync(Two);
    }

    public Task<HttpResponseMessage> PublishAsync(string topic, string body, string? contentType = "application/json", string query = "", string broker = "broker", SidecarSpec? at = null) =>
        SendAsync(at ?? One, "POST", $"/v1.0/publish/{broker}/{topic}{query}", Body(body, contentType));

    /// <summary>Publishes to a topic and returns the event as the app got it.</summary>
    public async Task<JsonElement> EventAsync(string topic, string body, string? contentType = "application/json", string query = "")
    {
        var before = App.Exactly($"/{topic}").Count;
        await (await PublishAsync(topic, body, contentType, query)).IsDoneAsync();
        return (await App.UntilAsync($"/{topic}", before + 1))[before].Json();
    }
}
