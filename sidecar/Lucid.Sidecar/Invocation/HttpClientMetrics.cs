using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Invocation;

/// <summary>daprd's metrics of HTTP requests from the sidecar to its app. As there, an exchange counts when the answer's headers have arrived.</summary>
internal sealed class HttpClientMetrics
{
    private readonly string appId;
    private readonly bool byPath;
    private readonly Counter completed;
    private readonly Histogram latency;
    private readonly Histogram.Child sentBytes;
    private readonly Histogram.Child receivedBytes;
    private readonly ConcurrentDictionary<int, (Counter.Child Completed, Histogram.Child Latency)> byStatus = new();

    public HttpClientMetrics(string appId, MetricsSpec specification, IMetricFactory metrics)
    {
        this.appId = appId;
        byPath = specification.HighCardinality;
        string[] labels = byPath ? [.. DaprMetrics.HttpClientCompleted.Labels, "method", "path"] : DaprMetrics.HttpClientCompleted.Labels;
        completed = (DaprMetrics.HttpClientCompleted with { Labels = labels }).In(metrics);
        latency = (DaprMetrics.HttpClientLatency with { Labels = labels }).In(metrics);
        sentBytes = DaprMetrics.HttpClientSentBytes.In(metrics).WithLabels(appId);
        receivedBytes = DaprMetrics.HttpClientReceivedBytes.In(metrics).WithLabels(appId);
    }

    /// <param name="status">HTTP status; 500 when there was no answer, as with daprd.</param>
    public void Count(HttpRequestMessage request, string target, int status, long? received, long started)
    {
        var (count, time) = byPath
            ? Children(appId, Text(status), request.Method.Method, MetricPath.Of(target))
            : byStatus.GetOrAdd(status, code => Children(appId, Text(code)));
        count.Inc();
        time.Observe(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        sentBytes.Observe(request.Content?.Headers.ContentLength ?? 0);
        receivedBytes.Observe(received ?? 0);
    }

    private (Counter.Child Completed, Histogram.Child Latency) Children(params string[] labels) => (completed.WithLabels(labels), latency.WithLabels(labels));

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
