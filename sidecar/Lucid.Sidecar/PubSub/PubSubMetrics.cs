using Prometheus;

namespace Lucid.Sidecar.PubSub;

/// <summary>daprd's pub/sub metrics of one sidecar; latencies in milliseconds.</summary>
internal sealed class PubSubMetrics(IMetricFactory factory, string appId, string @namespace)
{
    private static readonly double[] Buckets =
    [
        1, 2, 3, 4, 5, 6, 8, 10, 13, 16, 20, 25, 30, 40, 50, 65, 80, 100, 130, 160, 200, 250, 300, 400, 500, 650, 800,
        1000, 2000, 5000, 10000, 20000, 50000, 100000,
    ];

    private static readonly string[] IngressLabels = ["app_id", "component", "namespace", "process_status", "status", "topic"];
    private static readonly string[] EgressLabels = ["app_id", "component", "namespace", "success", "topic"];
    private static readonly string[] BulkIngressLabels = ["app_id", "component", "namespace", "topic"];
    private static readonly HistogramConfiguration Latencies = new() { Buckets = Buckets };

    private readonly Counter ingress = factory.CreateCounter("dapr_component_pubsub_ingress_count", "Incoming messages arriving from the pub/sub component.", IngressLabels);
    private readonly Histogram ingressLatency = factory.CreateHistogram("dapr_component_pubsub_ingress_latencies", "The consuming app's event processing latency.", IngressLabels, Latencies);
    private readonly Counter egress = factory.CreateCounter("dapr_component_pubsub_egress_count", "Outgoing messages published to the pub/sub component.", EgressLabels);
    private readonly Histogram egressLatency = factory.CreateHistogram("dapr_component_pubsub_egress_latencies", "Latency of the response from the pub/sub component.", EgressLabels, Latencies);
    private readonly Counter bulkIngress = factory.CreateCounter("dapr_component_pubsub_ingress_bulk_count", "Bulk subscribe calls to the app.", BulkIngressLabels);
    private readonly Counter bulkIngressEvents = factory.CreateCounter("dapr_component_pubsub_ingress_bulk_event_count", "Messages of bulk subscribe calls.", IngressLabels);
    private readonly Counter bulkEgress = factory.CreateCounter("dapr_component_pubsub_egress_bulk_count", "Bulk publish calls.", EgressLabels);
    private readonly Counter bulkEgressEvents = factory.CreateCounter("dapr_component_pubsub_egress_bulk_event_count", "Messages of bulk publish calls.", EgressLabels);
    private readonly Histogram bulkEgressLatency = factory.CreateHistogram("dapr_component_pubsub_egress_bulk_latencies", "Latency of bulk publish calls.", EgressLabels, Latencies);

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

    public void BulkIngress(string component, string topic) => bulkIngress.WithLabels(appId, component, @namespace, topic).Inc();

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
