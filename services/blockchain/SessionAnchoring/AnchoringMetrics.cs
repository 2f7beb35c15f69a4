using Prometheus;

namespace Lucid.SessionAnchoring;

/// <summary>The metrics of 02 §18 that belong to anchoring.</summary>
public sealed class AnchoringMetrics(IMetricFactory factory)
{
    private readonly Gauge queue = factory.CreateGauge("blockchain_anchoring_queue_size", "Anchorings that are not at their end.");
    private readonly Counter succeeded = factory.CreateCounter("blockchain_anchoring_success_total", "Anchorings confirmed with a verified receipt.");
    private readonly Counter failed = factory.CreateCounter("blockchain_anchoring_failures_total", "Anchorings that failed or expired.");
    private readonly Counter integrity = factory.CreateCounter("chain_integrity_errors_total", "Evidence of the engine that did not verify.");

    public void Queue(int length) => queue.Set(length);

    public void Confirmed() => succeeded.Inc();

    public void Ended() => failed.Inc();

    public void IntegrityError() => integrity.Inc();
}
