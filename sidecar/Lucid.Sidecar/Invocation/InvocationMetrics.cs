using System.Diagnostics;
using System.Globalization;
using Lucid.Sidecar.Telemetry;
using Prometheus;

namespace Lucid.Sidecar.Invocation;

/// <summary>daprd's metrics of service invocation on the caller's side. The type is unary or streaming, the status HTTP's or, of proxied calls, gRPC's.</summary>
internal sealed class InvocationMetrics(IMetricFactory metrics, string appId)
{
    private readonly Counter sent = DaprMetrics.InvocationSent.In(metrics);
    private readonly Counter answers = DaprMetrics.InvocationAnswers.In(metrics);
    private readonly Histogram latency = DaprMetrics.InvocationLatency.In(metrics);

    public static string Type(bool streaming) => streaming ? "streaming" : "unary";

    public void Sent(string target, string type) => sent.WithLabels(appId, target, type).Inc();

    public void Answered(string target, int status, string type, long started)
    {
        var text = status.ToString(CultureInfo.InvariantCulture);
        answers.WithLabels(appId, target, text, type).Inc();
        latency.WithLabels(appId, target, text).Observe(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }
}
