using System.Text.Json.Serialization;

namespace Lucid.ServiceDefaults.Health;

/// <summary>Body of <c>/health</c>, <c>/health/ready</c> and <c>/health/live</c> (operations §9).</summary>
public sealed record HealthReport(
    string Status,
    string Service,
    string Version,
    string Timestamp,
    [property: JsonPropertyName("uptime_s")] long UptimeSeconds,
    IReadOnlyDictionary<string, string> Dependencies);
