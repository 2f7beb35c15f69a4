using System.Text.Json;
using Lucid.Sidecar.Conformance.Apps;
using Lucid.Sidecar.Conformance.Launching;
using Lucid.Sidecar.Conformance.Worlds;
using Microsoft.AspNetCore.Http;

namespace Lucid.Sidecar.Conformance.Delivery;

/// <summary>
/// An app that publishes to itself. On <c>broker</c> and <c>lasting</c> a failed delivery is repeated twice; the latter keeps what then
/// still fails. <c>limited</c> lets the app subscribe to <c>t100-mine</c> only.
/// </summary>
public sealed class DeliveryWorld : World
{
    public const int Attempts = 3;

    private const string Policy = """
        apiVersion: dapr.io/v1alpha1
        kind: Resiliency
        metadata:
          name: delivery
        spec:
          policies:
            retries:
              twice: { policy: constant, duration: 20ms, maxRetries: 2 }
          targets:
            components:
              broker: { inbound: { retry: twice } }
              lasting: { inbound: { retry: twice } }
        """;

    public SidecarSpec Spec { get; private set; } = new("delivery-app") { Environment = new Dictionary<string, string> { ["APP_API_TOKEN"] = "app-secret" } };

    public RecordingApp App { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Folder.Add("broker", "pubsub.in-memory")
            .Add("limited", "pubsub.in-memory", metadata: [("subscriptionScopes", "delivery-app=t100-mine")])
            .AddSharedBroker("lasting")
            .Write("resiliency.yaml", Policy)
            .Write("declared.yaml", Declared("t90-mine", "delivery-app") + "---\n" + Declared("t90-foreign", "another-app"));
        List<object> subscriptions = [];
        foreach (var number in new[] { 71, 72, 73, 74, 75, 76, 77, 78, 79, 82, 101, 216 })
        {
            subscriptions.Add(Plain($"t{number}"));
        }

        foreach (var topic in new[] { "t75-lettered", "t77-lettered", "t80" })
        {
            subscriptions.Add(new { pubsubname = "broker", topic, route = "/" + topic, deadLetterTopic = topic + "-dead" });
            subscriptions.Add(Plain(topic + "-dead"));
        }

        subscriptions.Add(new { pubsubname = "lasting", topic = "t81", route = "/t81" });
        subscriptions.Add(Ruled("t83", fallback: "/t83-else", ("event.type == \"a\"", "/t83-a"), ("event.type == \"a\" || event.type == \"b\"", "/t83-ab")));
        subscriptions.Add(Ruled("t84", fallback: "", ("event.type == \"known\"", "/t84")));
        subscriptions.Add(Ruled("t85", fallback: "", ("event.type", "/t85")));
        subscriptions.Add(Plain("t82-late"));
        subscriptions.Add(Plain("t85-dead"));
        subscriptions.Add(new { pubsubname = "broker", topic = "t86" });
        subscriptions.Add(new { pubsubName = "broker", topic = "t87-camel", route = "t87-camel" });
        subscriptions.Add(Plain("t87-lower"));
        foreach (var topic in new[] { "t94", "t95" })
        {
            subscriptions.Add(new { pubsubname = "broker", topic, route = "/" + topic, bulkSubscribe = new { enabled = true, maxMessagesCount = 10, maxAwaitDurationMs = 100 } });
        }

        subscriptions.Add(new { pubsubname = "limited", topic = "t100-mine", route = "/t100-mine" });
        subscriptions.Add(new { pubsubname = "limited", topic = "t100-foreign", route = "/t100-foreign" });
        App = await AppAsync(JsonSerializer.Serialize(subscriptions));
        Spec = await SidecarAsync(Spec with { AppPort = App.Port });
    }

    /// <summary>The app answers on this path, first to last and then always the last.</summary>
    public void Answers(string path, params (int Status, string Body)[] answers)
    {
        var turn = -1;
        App.On(path, (_, http) =>
        {
            var (status, body) = answers[Math.Min(Interlocked.Increment(ref turn), answers.Length - 1)];
            http.Response.StatusCode = status;
            return http.Response.WriteAsync(body);
        });
    }

    public async Task PublishAsync(string topic, string body = "1", string query = "", string broker = "broker") =>
        await (await PostAsync(Spec, $"/v1.0/publish/{broker}/{topic}{query}", body)).IsDoneAsync();

    /// <summary>Publishes a CloudEvent of this type, whose data are the type too.</summary>
    public async Task PublishTypeAsync(string topic, string type, string more = "") => await (await PostAsync(
        Spec, $"/v1.0/publish/broker/{topic}", $$"""{"specversion":"1.0","id":"{{type}}","source":"s","type":"{{type}}","data":"{{type}}"{{more}}}""", "application/cloudevents+json")).IsDoneAsync();

    /// <summary>Publishes two events and waits for the second: whatever the first leads to has happened, as a topic's events are handled in turn.</summary>
    public async Task<IReadOnlyList<RecordedRequest>> OnceFollowedAsync(string topic)
    {
        await PublishAsync(topic, "\"first\"");
        await PublishAsync(topic, "\"second\"");
        await Probe.UntilAsync(() => Task.FromResult(App.Exactly("/" + topic).Any(request => Data(request) == "second")), $"the second event on {topic} arrives");
        return [.. App.Exactly("/" + topic).Where(request => Data(request) == "first")];
    }

    public static string? Data(RecordedRequest request) => request.Json().Text("data");

    private static object Plain(string topic) => new { pubsubname = "broker", topic, route = "/" + topic };

    private static object Ruled(string topic, string fallback, params (string Match, string Path)[] rules) => new
    {
        pubsubname = "broker",
        topic,
        deadLetterTopic = topic == "t85" ? "t85-dead" : "",
        routes = new { rules = rules.Select(rule => new { match = rule.Match, path = rule.Path }), @default = fallback },
    };

    private static string Declared(string topic, string scope) => $"""
        apiVersion: dapr.io/v2alpha1
        kind: Subscription
        metadata:
          name: {topic}
        spec:
          pubsubname: broker
          topic: {topic}
          routes:
            default: /{topic}
        scopes:
          - {scope}

        """;
}
