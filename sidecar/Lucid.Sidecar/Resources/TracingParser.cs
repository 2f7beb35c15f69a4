using System.Globalization;

namespace Lucid.Sidecar.Resources;

/// <summary><c>spec.tracing</c> of a Configuration.</summary>
internal static class TracingParser
{
    public static TracingSpec Parse(FieldReader tracing)
    {
        double? rate = null;
        if (tracing.Text("samplingRate") is { } text)
        {
            rate = double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number is >= 0 and <= 1
                ? number
                : throw tracing.Error("samplingRate", $"must be a number from \"0\" to \"1\" in quotes, not '{text}'");
        }

        return new TracingSpec(rate)
        {
            Stdout = tracing.Bool("stdout") ?? false,
            Zipkin = tracing.Object("zipkin", Zipkin)?.Endpoint,
            Otlp = tracing.Object("otel", Otlp)?.Spec,
        };
    }

    private static ZipkinEndpoint Zipkin(FieldReader zipkin) => zipkin.Text("endpointAddress") switch
    {
        null or "" => new ZipkinEndpoint(null),
        var address when Uri.TryCreate(address, UriKind.Absolute, out var url) && url.Scheme is "http" or "https" => new ZipkinEndpoint(url),
        var address => throw zipkin.Error("endpointAddress", $"must be a URL such as http://localhost:9411/api/v2/spans, not '{address}'"),
    };

    private static OtlpCollector Otlp(FieldReader otel)
    {
        var (address, protocol, secure) = (otel.Text("endpointAddress"), otel.Choice("protocol", "grpc", "http"), otel.Bool("isSecure") ?? true);
        var (headers, timeout) = (Headers(otel), Timeout(otel));
        if (string.IsNullOrEmpty(address))
        {
            return new OtlpCollector(null);
        }

        if (protocol is null)
        {
            throw otel.Error("protocol", "is required beside endpointAddress: grpc or http; without it daprd exports nothing");
        }

        if (address.StartsWith("http://", StringComparison.Ordinal) == secure && address.Contains("://", StringComparison.Ordinal))
        {
            throw otel.Error("endpointAddress", $"'{address}' contradicts isSecure, which is {(secure ? "true" : "false")} here (it is true unless set): write host:port and set isSecure");
        }

        return OtlpUrl.TryMake(address, protocol, secure) is { } url
            ? new OtlpCollector(new OtlpSpec(url, protocol) { Headers = headers, Timeout = timeout })
            : throw otel.Error("endpointAddress", $"must be host:port of the collector, for example localhost:{(protocol == "http" ? 4318 : 4317)}, not '{address}'");
    }

    /// <summary><c>headers</c> is text, <c>a=1,b=2</c>, as daprd read it at first, or a list of name and value, as it does now.</summary>
    private static string? Headers(FieldReader otel)
    {
        if (otel.Take("headers") is not YamlSequence)
        {
            return otel.Text("headers");
        }

        var pairs = otel.Objects("headers", header => $"{header.RequiredText("name")}={Uri.EscapeDataString(header.Text("value") ?? "")}");
        return pairs.Count == 0 ? null : string.Join(',', pairs);
    }

    /// <summary><c>timeout</c> is a duration; a bare number is milliseconds.</summary>
    private static TimeSpan? Timeout(FieldReader otel) => otel.Take("timeout") is YamlScalar { IsPlain: true } scalar && int.TryParse(scalar.Value, CultureInfo.InvariantCulture, out _)
        ? TimeSpan.FromMilliseconds(otel.Int("timeout", 1, 3_600_000)!.Value)
        : otel.Duration("timeout");

    private sealed record ZipkinEndpoint(Uri? Endpoint);

    private sealed record OtlpCollector(OtlpSpec? Spec);
}
