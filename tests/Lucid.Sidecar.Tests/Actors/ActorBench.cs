using System.Text;
using System.Text.Json;
using Lucid.Sidecar.Actors;
using Lucid.Sidecar.Components;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Prometheus;

namespace Lucid.Sidecar.Tests.Actors;

/// <summary>A process with one clock, one directory and one store, and as many sidecars as a test starts.</summary>
internal sealed class ActorBench : IAsyncDisposable
{
    /// <summary>One type that never grows idle while a test lets hours pass.</summary>
    public const string OneType = """{"entities":["Cat"],"actorIdleTimeout":"10000h"}""";
    private readonly List<ActorEngine> engines = [];

    public ActorBench() => Store = new MemoryStore(Time);

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    public MemoryStore Store { get; init; }
    public ActorDirectory Directory { get; } = new();
    public PlainResiliency Resiliency { get; } = new();
    public CollectorRegistry Registry { get; } = Prometheus.Metrics.NewCustomRegistry();

    /// <summary>A sidecar that hosts what <paramref name="config"/> says; null: nothing.</summary>
    public async Task<ActorEngine> StartAsync(
        IAppChannel app, string? config = OneType, string appId = "zoo", string @namespace = "lucid", int port = 3500, bool withStore = true, TimeProvider? time = null)
    {
        var engine = new ActorEngine(Context(app, appId, @namespace, port, time ?? Time), withStore ? new Dictionary<string, IStateStore> { ["actors"] = Store } : [], Directory);
        engines.Add(engine);
        if (config is not null)
        {
            await RegisterAsync(engine, config);
        }

        return engine;
    }

    public static async Task RegisterAsync(ActorEngine engine, string config)
    {
        using var document = JsonDocument.Parse(config);
        await engine.RegisterAsync(ActorHostConfiguration.Parse(document.RootElement), CancellationToken.None);
    }

    /// <summary>The process dies: nothing is told to anybody. What engines still do afterwards finds no app and no store.</summary>
    public void Forget(ActorEngine engine) => engines.Remove(engine);

    public string Metrics()
    {
        using var stream = new MemoryStream();
        Registry.CollectAndExportAsTextAsync(stream).GetAwaiter().GetResult();
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var engine in engines)
        {
            await engine.DisposeAsync();
        }
    }

    public static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 2000; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Delay(5);
        }

        Assert.Fail("the awaited condition did not come true in 10 seconds");
    }

    /// <summary>Lets the clock run in steps until the condition holds; what a step sets off may take until the next.</summary>
    public async Task AdvanceUntilAsync(TimeSpan step, Func<bool> condition)
    {
        for (var i = 0; i < 2000 && !condition(); i++)
        {
            Time.Advance(step);
            await Task.Delay(2);
        }

        Assert.True(condition(), "the awaited condition did not come true in 2,000 steps of the clock");
    }

    private SidecarContext Context(IAppChannel app, string appId, string @namespace, int port, TimeProvider time) => new()
    {
        Options = new SidecarOptions { AppId = appId, Namespace = @namespace, HttpPort = port, AppPort = 1 },
        Resources = ResourceSet.Empty with
        {
            Components =
            [
                new ComponentResource("actors", null, "state.test", "v1", new SourceLocation("test.yaml", 1))
                {
                    Metadata = [new ComponentMetadata("actorStateStore", new SourceLocation("test.yaml", 2)) { Value = "true" }],
                },
            ],
        },
        App = app,
        ComponentHost = new ComponentHost(appId, @namespace, time, NullLoggerFactory.Instance, new SharedResources()),
        Resiliency = Resiliency,
        Time = time,
        Loggers = NullLoggerFactory.Instance,
        Metrics = Prometheus.Metrics.WithCustomRegistry(Registry),
    };
}
