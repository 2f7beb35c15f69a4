using System.Diagnostics;
using Lucid.Sidecar.Telemetry;

namespace Lucid.Sidecar.PubSub;

/// <summary>Spans of deliveries to the app, as daprd names them. Those of a bulk delivery begin and end together, each in the trace of its own event.</summary>
internal sealed class DeliverySpans : IDisposable
{
    private readonly string topic;
    private readonly List<Activity> spans;

    private DeliverySpans(string topic, List<Activity> spans)
    {
        this.topic = topic;
        this.spans = spans;
    }

    public static string Name(string topic) => $"pubsub/{topic}";

    public static DeliverySpans Start(SidecarTracer tracer, string topic, IEnumerable<TraceContext> events)
    {
        List<Activity> spans = [];
        if (tracer.Exports)
        {
            foreach (var trace in events)
            {
                if (trace.Parent.Length > 0 && tracer.Start(trace.Parent, trace.State, ActivityKind.Client, Name(topic)) is { } span)
                {
                    spans.Add(span);
                }
            }
        }

        return new DeliverySpans(topic, spans);
    }

    public static void Complete(Activity? span, string topic, int status)
    {
        if (span is not null)
        {
            SpanAttributes.OfTopic(span, topic);
            SpanAttributes.OfStatus(span, status);
        }
    }

    public static void Fail(Activity? span, string topic, Exception failure)
    {
        if (span is not null)
        {
            SpanAttributes.OfTopic(span, topic);
            span.SetStatus(ActivityStatusCode.Error, failure.Message);
        }
    }

    /// <summary>One request carries one context: that of the last event, as with daprd.</summary>
    public void AddTo(HttpRequestMessage request)
    {
        if (spans is [.., var last])
        {
            request.Headers.TryAddWithoutValidation("traceparent", last.Id);
        }
    }

    public void Complete(int status) => spans.ForEach(span => Complete(span, topic, status));

    public void Dispose() => spans.ForEach(span => span.Dispose());
}
