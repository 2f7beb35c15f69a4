using System.Diagnostics;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.PubSub;

/// <summary>W3C trace context of a publish call; empty strings when tracing is off.</summary>
public sealed record TraceContext(string Parent, string State)
{
    public static TraceContext None { get; } = new("", "");

    /// <summary>
    /// The context of the current activity; without one, what the caller sent or a new, unsampled one.
    /// Tracing is off only when the sampling rate is exactly 0.
    /// </summary>
    /// <param name="traceparent">As the caller sent it, or null.</param>
    public static TraceContext Current(TracingSpec tracing, string? traceparent, string? tracestate)
    {
        if (tracing.SamplingRate is 0)
        {
            return None;
        }

        if (Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } activity)
        {
            return new TraceContext(id, activity.TraceStateString ?? "");
        }

        return ActivityContext.TryParse(traceparent, tracestate, out _)
            ? new TraceContext(traceparent!, tracestate ?? "")
            : new TraceContext($"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00", "");
    }
}
