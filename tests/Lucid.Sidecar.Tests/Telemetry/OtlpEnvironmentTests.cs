using Lucid.Sidecar.Resources;

namespace Lucid.Sidecar.Tests.Telemetry;

public sealed class OtlpEnvironmentTests
{
    [Theory]
    [InlineData("http://c:4317", null, null, null, "http://c:4317/", "grpc")]
    [InlineData("c:4317", null, null, null, "https://c:4317/", "grpc")]
    [InlineData("c:4317", null, "grpc", "true", "http://c:4317/", "grpc")]
    [InlineData("https://c", null, "http/protobuf", null, "https://c/v1/traces", "http")]
    [InlineData("http://c:4318/otlp", null, "http/protobuf", null, "http://c:4318/otlp/v1/traces", "http")]
    [InlineData("http://no:1", "http://c:4318/my/traces", "http/json", null, "http://c:4318/my/traces", "http")]
    public void The_address_and_protocol_come_from_OpenTelemetrys_variables(
        string endpoint, string? traces, string? protocol, string? insecure, string url, string expectedProtocol)
    {
        var tracing = Apply(
            new TracingSpec(), ("OTEL_EXPORTER_OTLP_ENDPOINT", endpoint), ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", traces), ("OTEL_EXPORTER_OTLP_PROTOCOL", protocol),
            ("OTEL_EXPORTER_OTLP_INSECURE", insecure));

        Assert.Equal(new TracingSpec(1) { Otlp = new OtlpSpec(new Uri(url), expectedProtocol) }, tracing);
    }

    [Fact]
    public void Headers_and_timeout_are_taken_too_and_those_for_traces_win()
    {
        var tracing = Apply(
            new TracingSpec(0.5), ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=1"), ("OTEL_EXPORTER_OTLP_TRACES_HEADERS", "b=2"),
            ("OTEL_EXPORTER_OTLP_TIMEOUT", "1500"));

        Assert.Equal(
            new TracingSpec(0.5) { Otlp = new OtlpSpec(new Uri("http://c:1"), "grpc") { Headers = "b=2", Timeout = TimeSpan.FromMilliseconds(1500) } }, tracing);
    }

    [Fact]
    public void A_collector_of_the_configuration_wins_and_without_an_endpoint_nothing_changes()
    {
        var named = new TracingSpec(0.1) { Otlp = new OtlpSpec(new Uri("http://own:1"), "grpc") };

        Assert.Equal(named, Apply(named, ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://c:1")));
        Assert.Equal(new TracingSpec(), Apply(new TracingSpec(), ("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")));
    }

    [Theory]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "a b", "variable OTEL_EXPORTER_OTLP_ENDPOINT: must be an address such as http://localhost:4317, not 'a b'")]
    [InlineData("OTEL_EXPORTER_OTLP_TIMEOUT", "10s", "variable OTEL_EXPORTER_OTLP_TIMEOUT: must be a number of milliseconds, not '10s'")]
    public void A_variable_that_cannot_be_used_is_named(string name, string value, string message)
    {
        var error = Assert.Throws<ResourceException>(() => Apply(new TracingSpec(), ("OTEL_EXPORTER_OTLP_ENDPOINT", name.EndsWith("ENDPOINT", StringComparison.Ordinal) ? value : "http://c:1"), (name, value)));

        Assert.Equal(message, error.Message);
    }

    private static TracingSpec Apply(TracingSpec tracing, params (string Name, string? Value)[] variables) =>
        OtlpEnvironment.Apply(tracing, name => variables.LastOrDefault(variable => variable.Name == name).Value);
}
