using System.Buffers;
using System.Diagnostics;
using Grpc.Core;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Telemetry;

/// <summary>W3C trace context of requests to the sidecar's two ports. Off only when the sampling rate is exactly 0; then headers pass unchanged.</summary>
internal sealed class RequestTrace(SidecarTracer tracer)
{
    private static readonly SearchValues<char> NotInToken = SearchValues.Create(" \t\"(),/:;<=>?@[\\]{}");

    private static readonly DaprError MalformedBaggage =
        new("ERR_MALFORMED_REQUEST", "baggage header is malformed", 400, StatusCode.InvalidArgument);

    /// <summary>
    /// Continues the caller's trace or begins one: afterwards the request carries the sidecar's own span as <c>traceparent</c>,
    /// and so does the response unless the app answers with its own.
    /// </summary>
    /// <returns>The span, for the pipeline to end; null when it is not recorded.</returns>
    /// <exception cref="DaprApiException">The baggage cannot be read.</exception>
    public Activity? Begin(HttpContext context, string name, ActivityKind kind)
    {
        if (!tracer.IsOn)
        {
            return null;
        }

        var headers = context.Request.Headers;
        if (headers.Baggage.Count > 0 && !IsBaggage(headers.Baggage.ToString()))
        {
            throw new DaprApiException(MalformedBaggage);
        }

        if (!ActivityContext.TryParse(headers.TraceParent.ToString(), headers.TraceState.ToString(), out var parent)
            && !BinaryTraceContext.TryParse(headers[BinaryTraceContext.Header].ToString(), out parent))
        {
            headers.Remove("tracestate");
        }

        var trace = parent.TraceId == default ? ActivityTraceId.CreateRandom() : parent.TraceId;
        var sampled = tracer.Samples(trace, parent.TraceFlags);
        var span = sampled ? tracer.Record(name, kind, trace, parent) : null;
        var value = span?.Id ?? $"00-{trace.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-{(sampled ? "01" : "00")}";
        headers.TraceParent = value;
        headers.Remove(BinaryTraceContext.Header);
        context.Response.Headers.TraceParent = value;
        return span;
    }

    private static bool IsBaggage(string value)
    {
        foreach (var member in value.Split(','))
        {
            var entry = member.Split(';')[0];
            var equals = entry.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || entry[..equals].Trim() is not { Length: > 0 } key || key.AsSpan().ContainsAny(NotInToken))
            {
                return false;
            }
        }

        return true;
    }
}
