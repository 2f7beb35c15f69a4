using Lucid.Sidecar.Runtime;
using Lucid.Sidecar.Telemetry;

namespace Lucid.Sidecar.PubSub;

/// <summary>What the deliveries of one sidecar share between a start and the next stop.</summary>
internal sealed class DeliveryScope : IDisposable
{
    private readonly SidecarContext context;
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource abort = new();

    public DeliveryScope(SidecarContext context, PublishEngine publisher, AppGate gate, PubSubMetrics metrics)
    {
        this.context = context;
        Publisher = publisher;
        Gate = gate;
        Metrics = metrics;
        Logger = context.Loggers.CreateLogger("Lucid.Sidecar.PubSub.Delivery");
        Stopping = stopping.Token;
        Abort = abort.Token;
    }

    public IAppChannel App => context.App;

    public IResiliency Resiliency => context.Resiliency;

    public TimeProvider Time => context.Time;

    public SidecarTracer Tracer => context.Tracer;

    public PublishEngine Publisher { get; }

    public AppGate Gate { get; }

    public PubSubMetrics Metrics { get; }

    public ILogger Logger { get; }

    /// <summary>No new attempt begins; what the app is working on may finish.</summary>
    public CancellationToken Stopping { get; }

    /// <summary>Requests to the app are cut off.</summary>
    public CancellationToken Abort { get; }

    public Task StopAsync() => stopping.CancelAsync();

    public Task AbortAsync() => abort.CancelAsync();

    public void Dispose()
    {
        stopping.Dispose();
        abort.Dispose();
    }
}
