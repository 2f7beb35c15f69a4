using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using Grpc.Core;
using Lucid.Sidecar.Resources;
using Lucid.Sidecar.Runtime;

namespace Lucid.Sidecar.Hosting;

/// <summary>W3C trace context of calls through the sidecar. Off only when the sampling rate is exactly 0; then headers pass unchanged.</summary>
internal sealed class TraceContext(TracingSpec tracing)
{
    private const double DefaultRate = 0.0001;

    private readonly double rate = tracing.SamplingRate ?? DefaultRate;

    private static readonly SearchValues<char> NotInToken = SearchValues.Create(" \t\"(),/:;<=>?@[\\]{}");

    private static readonly DaprError MalformedBaggage =
        new("ERR_MALFORMED_REQUEST", "baggage header is malformed", 400, StatusCode.InvalidArgument);

    /// <summary>
    /// Continues the caller's trace or begins one: afterwards the request carries the sidecar's own span as <c>traceparent</c>,
    /// and so does the response unless the app answers with its own.
    /// </summary>
    /// <exception cref="DaprApiException">The baggage cannot be read.</exception>
    public void Continue(HttpContext context)
    {
        if (rate == 0)
        {
            return;
        }

        var headers = context.Request.Headers;
        if (headers.Baggage.Count > 0 && !IsBaggage(headers.Baggage.ToString()))
        {
            throw new DaprApiException(MalformedBaggage);
        }

        ActivityTraceId trace;
        bool sampled;
        if (ActivityContext.TryParse(headers.TraceParent.ToString(), headers.TraceState.ToString(), out var parent))
        {
            trace = parent.TraceId;
            sampled = parent.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        }
        else
        {
            trace = ActivityTraceId.CreateRandom();
            sampled = IsSampled(trace);
            headers.Remove("tracestate");
        }

        var value = $"00-{trace.ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-{(sampled ? "01" : "00")}";
        headers.TraceParent = value;
        context.Response.Headers.TraceParent = value;
    }

    /// <summary>The ratio sampler of OpenTelemetry: the upper bound on the last eight bytes of the trace id.</summary>
    private bool IsSampled(ActivityTraceId trace)
    {
        Span<byte> bytes = stackalloc byte[16];
        trace.CopyTo(bytes);
        return rate >= 1 || BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) >> 1 < (ulong)(rate * long.MaxValue);
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
