using System.Diagnostics;

namespace Lucid.Sidecar.Telemetry;

/// <summary>OpenCensus' form of a trace context, as older gRPC clients send it: version 0, then fields 0 trace id, 1 span id and 2 flags.</summary>
internal static class BinaryTraceContext
{
    public const string Header = "grpc-trace-bin";
    private const int Length = 29;

    /// <param name="text">Base64, with padding or without.</param>
    public static bool TryParse(string text, out ActivityContext context)
    {
        context = default;
        Span<byte> bytes = stackalloc byte[Length + 1];
        if (text.Length is 0 or > 40
            || !Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length)
            || length != Length
            || (bytes[0], bytes[1], bytes[18], bytes[27]) != ((byte)0, (byte)0, (byte)1, (byte)2)
            || !bytes[2..18].ContainsAnyExcept((byte)0)
            || !bytes[19..27].ContainsAnyExcept((byte)0))
        {
            return false;
        }

        context = new ActivityContext(
            ActivityTraceId.CreateFromBytes(bytes[2..18]), ActivitySpanId.CreateFromBytes(bytes[19..27]), (ActivityTraceFlags)(bytes[28] & 1), isRemote: true);
        return true;
    }
}
