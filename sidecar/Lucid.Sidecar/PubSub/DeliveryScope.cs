using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.PubSub;

/// <summary>What the deliveries of one sidecar share between a start and the next stop.</summary>
internal sealed class DeliveryScope(SidecarContext context, PublishEngine publisher, AppGate gate, PubSubMetrics metrics) : IDisposable
{
    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource abort = new();

    public IAppChannel App => context.App;

    public IResiliency Resiliency => context.Resiliency;

    public TimeProvider Time => context.Time;

    public PublishEngine Publisher => publisher;

    public AppGate Gate => gate;

    public PubSubMetrics Metrics => metrics;

    public ILogger Logger { get; } = context.Loggers.CreateLogger("Lucid.Sidecar.PubSub.Delivery");

    /// <summary>No new attempt begins; what the app is working on may finish.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Requests to the app are cut off.</summary>
    public CancellationToken Abort => abort.Token;

    public Task StopAsync() => stopping.CancelAsync();

    public Task AbortAsync() => abort.CancelAsync();

    public void Dispose()
    {
        stopping.Dispose();
        abort.Dispose();
    }
}
