using System.Globalization;

namespace Lucid.Sidecar.Resources;

/// <summary>
/// OpenTelemetry's own variables, as daprd heeds them: they count when the configuration names no collector, and then a sampling rate
/// that is not set is 1. Beyond daprd, an endpoint that begins with <c>http://</c> is not spoken to over TLS: the apps of the same
/// environment read it so.
/// </summary>
internal static class OtlpEnvironment
{
    /// <exception cref="ResourceException">A variable cannot be used.</exception>
    public static TracingSpec Apply(TracingSpec tracing, Func<string, string?> variable)
    {
        if (tracing.Otlp is not null || Read("ENDPOINT") is not { Value: { } endpoint, Name: var name })
        {
            return tracing;
        }

        var protocol = Read("PROTOCOL").Value?.StartsWith("http", StringComparison.Ordinal) == true ? "http" : "grpc";
        var secure = variable("OTEL_EXPORTER_OTLP_INSECURE") != "true" && !endpoint.StartsWith("http://", StringComparison.Ordinal);

        var url = OtlpUrl.TryMake(endpoint, protocol, secure, isBase: name == "OTEL_EXPORTER_OTLP_ENDPOINT")
            ?? throw Fault(name, $"must be an address such as http://localhost:4317, not '{endpoint}'");
        return tracing with
        {
            SamplingRate = tracing.SamplingRate ?? 1,
            Otlp = new OtlpSpec(url, protocol) { Headers = Read("HEADERS").Value, Timeout = Timeout() },
        };

        (string? Value, string Name) Read(string what)
        {
            foreach (var candidate in new[] { $"OTEL_EXPORTER_OTLP_TRACES_{what}", $"OTEL_EXPORTER_OTLP_{what}" })
            {
                if (variable(candidate) is { Length: > 0 } value)
                {
                    return (value, candidate);
                }
            }

            return (null, "");
        }

        TimeSpan? Timeout() => Read("TIMEOUT") is not { Value: { } text, Name: var timeout }
            ? null
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) && milliseconds > 0
                ? TimeSpan.FromMilliseconds(milliseconds)
                : throw Fault(timeout, $"must be a number of milliseconds, not '{text}'");
    }

    private static ResourceException Fault(string name, string message) => new(new SourceLocation($"variable {name}", 0), message);
}
