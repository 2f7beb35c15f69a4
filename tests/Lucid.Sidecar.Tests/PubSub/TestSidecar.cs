using Lucid.Sidecar.Components;
using Lucid.Sidecar.PubSub;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;

namespace Lucid.Sidecar.Tests.PubSub;

/// <summary>The pub/sub part of one sidecar: its engines over one component named <c>pubsub</c>.</summary>
internal sealed class TestSidecar : IAsyncDisposable
{
    public TestSidecar(
        string appId,
        IPubSub broker,
        Dictionary<string, string>? metadata = null,
        int retries = 0,
        double? samplingRate = 0,
        IReadOnlyList<SubscriptionResource>? subscriptions = null,
        ScriptedPolicy? policy = null)
    {
        var definition = Definition("pubsub.test", metadata ?? []);
        Context = new SidecarContext
        {
            Options = new SidecarOptions { AppId = appId, AppPort = 1 },
            Resources = ResourceSet.Empty with
            {
                Subscriptions = subscriptions ?? [],
                Configuration = ResourceSet.Empty.Configuration with { Tracing = new TracingSpec(samplingRate) },
            },
            App = App,
            ComponentHost = Host(appId),
            Resiliency = policy ?? new ScriptedPolicy(retries),
            Time = TimeProvider.System,
            Loggers = NullLoggerFactory.Instance,
            Metrics = Prometheus.Metrics.WithCustomRegistry(Registry),
        };
        Dictionary<string, PubSubComponent> components = new() { ["pubsub"] = PubSubComponent.Create(definition, broker, Context.ComponentHost) };
        Publisher = new PublishEngine(Context, components);
        Subscriber = new SubscriptionEngine(Context, Publisher, components);
    }

    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();
    public ScriptedApp App { get; } = new();
    public SidecarContext Context { get; }
    public PublishEngine Publisher { get; }
    public SubscriptionEngine Subscriber { get; }

    public static ComponentHost Host(string appId, SharedResources? shared = null) =>
        new(appId, "default", TimeProvider.System, NullLoggerFactory.Instance, shared ?? new SharedResources());

    public static ComponentDefinition Definition(string type, Dictionary<string, string> metadata, string name = "pubsub") =>
        new(name, type, "v1", new Dictionary<string, string>(metadata, StringComparer.OrdinalIgnoreCase), Path.GetTempPath(), "pubsub.yaml:1");

    public Task Publish(string topic, string data, string? contentType = "text/plain", Dictionary<string, string>? metadata = null) =>
        Publisher.PublishAsync(new PublishRequest("pubsub", topic, System.Text.Encoding.UTF8.GetBytes(data), contentType, metadata ?? []), CancellationToken.None);

    /// <summary>Subscribes the app to one topic with a plain route.</summary>
    public Task Subscribe(string topic, string? deadLetterTopic = null, string more = "")
    {
        App.Subscriptions = $$"""[{"pubsubname":"pubsub","topic":"{{topic}}","route":"/on/{{topic}}"{{(deadLetterTopic is null ? "" : $",\"deadLetterTopic\":\"{deadLetterTopic}\"")}}{{more}}}]""";
        return Subscriber.StartAsync(CancellationToken.None);
    }

    public async Task<string> MetricsText()
    {
        using var text = new MemoryStream();
        await Registry.CollectAndExportAsTextAsync(text);
        return System.Text.Encoding.UTF8.GetString(text.ToArray());
    }

    public ValueTask DisposeAsync() => Subscriber.DisposeAsync();
}
