using System.Diagnostics;
using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.PubSub;

/// <summary>W3C trace context of a publish call; empty strings when tracing is off.</summary>
public sealed record TraceContext(string Parent, string State)
{
    public static TraceContext None { get; } = new("", "");

    /// <summary>
    /// The context the request carries, which is the sidecar's own span once the host has traced it; else that of the current
    /// activity, else a new, unsampled one.
    /// Tracing is off only when the sampling rate is exactly 0.
    /// </summary>
    /// <param name="traceparent">As the caller sent it, or null.</param>
    public static TraceContext Current(TracingSpec tracing, string? traceparent, string? tracestate)
    {
        if (tracing.SamplingRate is 0)
        {
            return None;
        }

        if (ActivityContext.TryParse(traceparent, tracestate, out _))
        {
            return new TraceContext(traceparent!, tracestate ?? "");
        }

        return Activity.Current is { IdFormat: ActivityIdFormat.W3C, Id: { } id } activity
            ? new TraceContext(id, activity.TraceStateString ?? "")
            : new TraceContext($"00-{ActivityTraceId.CreateRandom()}-{ActivitySpanId.CreateRandom()}-00", "");
    }
}
