using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.PubSub;

/// <summary>daprd's pub/sub metrics of one sidecar; latencies in milliseconds.</summary>
internal sealed class PubSubMetrics(IMetricFactory factory, string appId, string @namespace)
{
    private readonly Counter ingress = DaprMetrics.IngressCount.In(factory);
    private readonly Histogram ingressLatency = DaprMetrics.IngressLatency.In(factory);
    private readonly Counter egress = DaprMetrics.EgressCount.In(factory);
    private readonly Histogram egressLatency = DaprMetrics.EgressLatency.In(factory);
    private readonly Counter bulkIngress = DaprMetrics.BulkIngressCount.In(factory);
    private readonly Counter bulkIngressEvents = DaprMetrics.BulkIngressEvents.In(factory);
    private readonly Histogram bulkIngressLatency = DaprMetrics.BulkIngressLatency.In(factory);
    private readonly Counter bulkEgress = DaprMetrics.BulkEgressCount.In(factory);
    private readonly Counter bulkEgressEvents = DaprMetrics.BulkEgressEvents.In(factory);
    private readonly Histogram bulkEgressLatency = DaprMetrics.BulkEgressLatency.In(factory);

    /// <param name="processStatus">success, retry or drop.</param>
    /// <param name="status">Empty, or success when a drop was wanted.</param>
    public void Ingress(string component, string topic, string processStatus, string status, TimeSpan elapsed)
    {
        ingress.WithLabels(appId, component, @namespace, processStatus, status, topic).Inc();
        if (elapsed > TimeSpan.Zero)
        {
            ingressLatency.WithLabels(appId, component, @namespace, processStatus, status, topic).Observe(elapsed.TotalMilliseconds);
        }
    }

    public void Egress(string component, string topic, bool success, TimeSpan elapsed)
    {
        egress.WithLabels(appId, component, @namespace, Word(success), topic).Inc();
        egressLatency.WithLabels(appId, component, @namespace, Word(success), topic).Observe(elapsed.TotalMilliseconds);
    }

    public void BulkIngress(string component, string topic, TimeSpan elapsed)
    {
        bulkIngress.WithLabels(appId, component, @namespace, topic).Inc();
        bulkIngressLatency.WithLabels(appId, component, @namespace, topic).Observe(elapsed.TotalMilliseconds);
    }

    public void BulkIngressEvent(string component, string topic, string processStatus) =>
        bulkIngressEvents.WithLabels(appId, component, @namespace, processStatus, "", topic).Inc();

    public void BulkEgress(string component, string topic, bool success, int published, TimeSpan elapsed)
    {
        bulkEgress.WithLabels(appId, component, @namespace, Word(success), topic).Inc();
        bulkEgressEvents.WithLabels(appId, component, @namespace, Word(success), topic).Inc(published);
        bulkEgressLatency.WithLabels(appId, component, @namespace, Word(success), topic).Observe(elapsed.TotalMilliseconds);
    }

    private static string Word(bool success) => success ? "true" : "false";
}
